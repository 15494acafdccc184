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
internal sealed class RunEntityActor(CheckpointKey key, IRunClient runs, ISourceTexts texts, ChangePolicy changed) : UntypedActor
{
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<IActorRef> _askers = [];
    private RunResult? _result;

    public static Props PropsFor(CheckpointKey key, IRunClient runs, ISourceTexts texts, ChangePolicy changed) =>
        Props.Create(() => new RunEntityActor(key, runs, texts, changed));

    protected override void PreStart() => Tell(runs.RunAsync(key, texts, changed, changed, _stop.Token));

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
            case StopRunEntity when _result is not null:
                Context.Stop(Self);
                break;
            case StopRunEntity:
                _stop.Cancel();
                break;
            case RunEnded { Result.Outcome: RunOutcome.Stopped }:
                // Not by its own end: the shard moves or the node goes. It stays remembered and is resumed.
                Context.Stop(Self);
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

    private void OnEnded(RunEnded ended)
    {
        _result = ended.Result;
        if (_result.Error is { } error)
            Context.GetLogger().Warning("The run of {Key} ended as {Outcome}: {Reason}: {Detail}", key, _result.Outcome, error.Reason, error.Detail);
        foreach (var asker in _askers) asker.Tell(ended, Self);
        // Ended: not to be remembered any longer.
        Context.Parent.Tell(new Passivate(StopRunEntity.Instance));
    }

    /// <summary>The result comes as a message; the entity takes requests meanwhile.</summary>
    private void Tell(Task<RunResult> run)
    {
        var self = Self;
        run.ContinueWith(
            ended => self.Tell(ended.IsCompletedSuccessfully ? new RunEnded(ended.Result) : new Status.Failure(ended.Exception)), TaskScheduler.Default);
    }
}
