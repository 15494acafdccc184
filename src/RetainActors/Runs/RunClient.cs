using System.Collections.Immutable;
using Akka.Actor;
using RetainActors.Diagnostics;

namespace RetainActors.Runs;

/// <summary>The client for code that is no actor, in front of <see cref="RunManagerActor"/>.</summary>
internal sealed class RunClient(IActorRef manager, Task terminated, IUnfinishedKeys unfinished, int maxLiveRuns) : IRunClient
{
    private const string Terminated = "the actor system was terminated";

    private readonly OpenCalls _calls = new(terminated);

    public async Task<RunResult> RunAsync(
        CheckpointKey key, string text, ChangePolicy onTextChange, ChangePolicy onTableChange, Timestamp? referenceDate, CancellationToken cancellationToken,
        CancellationToken finishToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(text);
        var completion = new TaskCompletionSource<RunResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var call = new RunManagerActor.Call(
            new RunProtocol.StartRun(key, text, onTextChange, onTableChange, referenceDate) { Trace = Spans.OfCaller }, completion);
        manager.Tell(call);
        using var cancel = cancellationToken.Register(() => manager.Tell(new RunManagerActor.StopCall(call, Finishes: false)));
        using var finish = finishToken.Register(() => manager.Tell(new RunManagerActor.StopCall(call, Finishes: true)));
        return await _calls.AnswerAsync(completion, () => RunResult.Stopped(key, Terminated)).ConfigureAwait(false);
    }

    public async Task<UnparkResult> UnparkAsync(CheckpointKey key, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        var completion = new TaskCompletionSource<UnparkResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        manager.Tell(new RunManagerActor.UnparkCall(key, completion));
        return await _calls.AnswerAsync(completion, () => new UnparkResult(key, 0, null, new RunError(nameof(RunOutcome.Stopped), Terminated)))
            .WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public Task<ImmutableArray<RunResult>> ResumeUnfinishedAsync(
        ISourceTexts texts, ChangePolicy onTextChange, ChangePolicy onTableChange, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return new UnfinishedRuns(unfinished, this, maxLiveRuns).ResumeAsync(texts, onTextChange, onTableChange, cancellationToken);
    }

    /// <summary>How the runs are; <paramref name="stuckAfter"/> without progress counts as stuck.</summary>
    internal Task<RunsStatus> InspectAsync(TimeSpan stuckAfter, CancellationToken cancellationToken)
    {
        var completion = new TaskCompletionSource<RunsStatus>(TaskCreationOptions.RunContinuationsAsynchronously);
        manager.Tell(new RunManagerActor.Inspect(stuckAfter, completion));
        return completion.Task.WaitAsync(cancellationToken);
    }
}
