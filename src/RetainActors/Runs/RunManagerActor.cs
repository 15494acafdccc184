using Akka.Actor;

namespace RetainActors.Runs;

/// <summary>At most one live run per key. Starts a <see cref="RetainRunActor"/> for each and hands its messages to whoever asked.</summary>
internal sealed class RunManagerActor(RunEnvironment environment) : UntypedActor
{
    private readonly Dictionary<CheckpointKey, LiveRun> _runs = [];

    public static Props PropsFor(RunEnvironment environment) => Props.Create(() => new RunManagerActor(environment));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case RunProtocol.StartRun start:
                var asker = Sender;
                Start(start, reply => asker.Tell(reply, Self));
                break;
            case Call call:
                Start(call.Request, reply => { if (reply is RunProtocol.Ended ended) call.Completion.TrySetResult(ended.Result); }, call);
                break;
            case CancelCall { Call: var call } when _runs.TryGetValue(call.Request.Key, out var live) && ReferenceEquals(live.Call, call):
                live.Actor.Tell(new RunProtocol.StopRun(call.Request.Key));
                break;
            case CancelCall:
                break; // its run ended, or it never had one: another caller's goes on
            case RunProtocol.StopRun stop when _runs.TryGetValue(stop.Key, out var live):
                live.Actor.Tell(stop);
                break;
            case RunProtocol.StopRun:
                break; // it ended by itself meanwhile
            case RunProtocol.Started started when _runs.TryGetValue(started.Key, out var live):
                live.Answer(started);
                break;
            case RunProtocol.Resumed resumed when _runs.TryGetValue(resumed.Key, out var live):
                live.Answer(resumed);
                break;
            case RunProtocol.Ended ended when _runs.Remove(ended.Result.Key, out var live):
                live.Answer(ended);
                break;
            case RunGone gone when _runs.TryGetValue(gone.Key, out var live) && live.Actor.Equals(gone.Actor):
                // It stopped without an end: an unknown failure, which the supervisor has logged.
                _runs.Remove(gone.Key);
                live.Answer(EndedWithout(gone.Key, RunOutcome.Failed, "Crashed", "the run's actor failed; see the log of the actor system"));
                break;
            case RunGone:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>An unknown failure ends the run; its checkpoint can be resumed.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void PostStop()
    {
        foreach (var (key, live) in _runs) live.Answer(EndedWithout(key, RunOutcome.Stopped, "Stopped", "the run manager was stopped"));
    }

    private void Start(RunProtocol.StartRun start, Action<object> answer, Call? call = null)
    {
        if (_runs.ContainsKey(start.Key))
        {
            answer(EndedWithout(start.Key, RunOutcome.AlreadyRunning, nameof(RunOutcome.AlreadyRunning), "a live run of this key exists"));
            return;
        }

        var actor = Context.ActorOf(RetainRunActor.PropsFor(start, environment));
        Context.WatchWith(actor, new RunGone(start.Key, actor));
        _runs.Add(start.Key, new LiveRun(actor, answer, call));
    }

    private static RunProtocol.Ended EndedWithout(CheckpointKey key, RunOutcome outcome, string reason, string detail) =>
        new(new RunResult(key, outcome, 0, null, [], Error: new RunError(reason, detail)));

    /// <summary>A run for code that is no actor; its task completes with the result.</summary>
    internal sealed record Call(RunProtocol.StartRun Request, TaskCompletionSource<RunResult> Completion) : INoSerializationVerificationNeeded;

    /// <summary>Stops the run that this call started, and no other.</summary>
    internal sealed record CancelCall(Call Call) : INoSerializationVerificationNeeded;

    private sealed record RunGone(CheckpointKey Key, IActorRef Actor);

    private sealed record LiveRun(IActorRef Actor, Action<object> Answer, Call? Call);
}
