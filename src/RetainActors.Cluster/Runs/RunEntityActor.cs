using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Event;
using RetainActors.Runs;

namespace RetainActors.Cluster.Runs;

/// <summary>
/// The run of one key, wherever its shard is: gets the text, hands it to the run engine of this node and tells who asked how it
/// ended. The cluster remembers it from its first request until it has ended, and starts it again on another node when this
/// one dies: the engine then resumes from the checkpoint.
/// </summary>
internal sealed class RunEntityActor(CheckpointKey key, IRunClient runs, ISourceTexts texts, ChangePolicy changed) : UntypedActor, IWithTimers
{
    /// <summary>Each try costs a claim, and what stands in the way takes seconds to go: a node is given up, a database comes back.</summary>
    private static readonly Backoff Backoff = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), 0.2);

    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _move = new();
    private readonly HashSet<IActorRef> _askers = [];
    private RunResult? _result;
    private int _unserved;

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(CheckpointKey key, IRunClient runs, ISourceTexts texts, ChangePolicy changed) =>
        ActorProps.From(() => new RunEntityActor(key, runs, texts, changed));

    protected override void PreStart() => Run();

    protected override void PostStop() => _stop.Cancel();

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case RunRequest when _result is { } result:
                Sender.Tell(new RunEnded(result), Self);
                break;
            case RunRequest:
                _askers.Add(Sender);
                break;
            case StopRunEntity when _result is not null || Timers.IsTimerActive(TryAgain.Instance):
                Context.Stop(Self);
                break;
            case StopRunEntity:
                // Its shard moves. The states that run are not paid for twice when they end in time; the shard waits as long as a hand-off may take.
                _move.Cancel();
                break;
            case RunEnded { Result.Outcome: RunOutcome.Stopped }:
                // Not by its own end: the shard moves or the node goes. It stays remembered and is resumed.
                Context.Stop(Self);
                break;
            case RunEnded { Result: var unserved } when !UnservedRun.IsOver(unserved):
                OnUnserved(unserved);
                break;
            case TryAgain:
                Run();
                break;
            case RunEnded ended:
                OnEnded(ended);
                break;
            case Status.Failure failure:
                throw new InvalidOperationException($"The run of {key} could not be brought to an end.", failure.Cause);
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>Nobody asks for a run that was resumed; so it must not be forgotten for what has nothing to do with it.</summary>
    private void OnUnserved(RunResult result)
    {
        if (_move.IsCancellationRequested)
        {
            // Its shard moves: it is tried again there.
            Context.Stop(Self);
            return;
        }

        var wait = Backoff.After(++_unserved, Random.Shared.NextDouble());
        Context.GetLogger().Warning(
            "The run of {Key} could not go on, {Reason}: {Detail}. It is tried again in {Wait}", key, result.Error?.Reason, result.Error?.Detail, wait);
        Timers.StartSingleTimer(TryAgain.Instance, TryAgain.Instance, wait);
    }

    private void OnEnded(RunEnded ended)
    {
        _result = ended.Result;
        if (_result.Error is { } error)
            Context.GetLogger().Warning("The run of {Key} ended as {Outcome}: {Reason}: {Detail}", key, _result.Outcome, error.Reason, error.Detail);
        foreach (var asker in _askers) asker.Tell(ended, Self);
        // Ended: not to be remembered any longer.
        Context.Parent.Tell(new Passivate(StopRunEntity.Instance));
    }

    /// <summary>Starts the run, or resumes it. The result comes as a message; the entity takes requests meanwhile.</summary>
    private void Run()
    {
        var self = Self;
        runs.RunAsync(key, texts, changed, changed, _stop.Token, _move.Token).ContinueWith(
            ended => self.Tell(ended.IsCompletedSuccessfully ? new RunEnded(ended.Result) : new Status.Failure(ended.Exception)), TaskScheduler.Default);
    }

    private sealed class TryAgain : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static TryAgain Instance { get; } = new();
    }
}
