using Akka.Actor;
using Akka.Event;
using RetainActors.Runs;

namespace RetainActors.Cluster.Runs;

/// <summary>
/// Asks for runs until they have ended: requests are sent again, so that a node or a message that is lost on the way costs
/// time only. A request for a run that is on joins it.
/// </summary>
internal sealed class RunAskerActor(IActorRef shards, TimeSpan resendInterval) : UntypedActor, IWithTimers
{
    private readonly Dictionary<CheckpointKey, List<TaskCompletionSource<RunResult>>> _waiting = [];

    public static Props PropsFor(IActorRef shards, TimeSpan resendInterval) => Props.Create(() => new RunAskerActor(shards, resendInterval));

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Call call:
                Begin(call);
                break;
            case RunEnded ended when _waiting.Remove(ended.Result.Key, out var completions):
                foreach (var completion in completions) completion.TrySetResult(ended.Result);
                break;
            case RunEnded:
                break; // the second answer to a request that was sent twice
            case Resend:
                foreach (var key in _waiting.Keys) shards.Tell(new RunRequest(key));
                if (_waiting.Count == 0) Timers.Cancel(Resend.Instance);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void PostStop()
    {
        foreach (var (key, completions) in _waiting)
            foreach (var completion in completions)
                completion.TrySetResult(RunResult.Stopped(key, "this node was stopped; the run goes on elsewhere"));
    }

    private void Begin(Call call)
    {
        if (!_waiting.TryGetValue(call.Key, out var completions)) _waiting[call.Key] = completions = [];
        completions.Add(call.Completion);
        shards.Tell(new RunRequest(call.Key));
        if (!Timers.IsTimerActive(Resend.Instance)) Timers.StartPeriodicTimer(Resend.Instance, Resend.Instance, resendInterval);
    }

    /// <summary>A request of code that is no actor; its task completes with the result.</summary>
    internal sealed record Call(CheckpointKey Key, TaskCompletionSource<RunResult> Completion) : INoSerializationVerificationNeeded;

    private sealed class Resend : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static Resend Instance { get; } = new();
    }
}
