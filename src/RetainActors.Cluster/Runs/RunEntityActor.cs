using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Event;
using RetainActors.Runs;

namespace RetainActors.Cluster.Runs;

/// <summary>Finds the text of a source on this node; null when it is gone.</summary>
internal delegate Task<string?> FindText(CheckpointKey key, CancellationToken cancellationToken);

/// <summary>
/// The run of one key, wherever its shard is: gets the text, hands it to the run engine of this node and tells who asked how it
/// ended. The cluster remembers it from its first request until it has ended, and starts it again on another node when this
/// one dies: the engine then resumes from the checkpoint.
/// </summary>
internal sealed class RunEntityActor(CheckpointKey key, IRunClient runs, FindText findText) : UntypedActor
{
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<IActorRef> _askers = [];
    private RunResult? _result;

    public static Props PropsFor(CheckpointKey key, IRunClient runs, FindText findText) => Props.Create(() => new RunEntityActor(key, runs, findText));

    protected override void PreStart() => Tell(RunAsync(_stop.Token));

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

    private async Task<RunResult> RunAsync(CancellationToken stop)
    {
        string? text;
        try
        {
            text = await findText(key, stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return Without(RunOutcome.Stopped, nameof(RunOutcome.Stopped), "the run was stopped before it had its text");
        }
        // The user's code: what it throws ends this run by name and no other.
        catch (Exception e)
        {
            return Without(RunOutcome.Refused, "TextUnavailable", $"{e.GetType().Name}: {e.Message}");
        }

        return text is null
            ? Without(RunOutcome.Refused, "TextMissing", "the text of the source is not on this node")
            : await runs.RunAsync(key, text, cancellationToken: stop).ConfigureAwait(false);
    }

    private RunResult Without(RunOutcome outcome, string reason, string detail) => new(key, outcome, 0, null, [], Error: new RunError(reason, detail));
}
