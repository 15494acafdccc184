using Akka.Actor;

namespace RetainActors.Runs;

/// <summary>The client for code that is no actor, in front of <see cref="RunManagerActor"/>.</summary>
internal sealed class RunClient(IActorRef manager, Task terminated) : IRunClient
{
    public async Task<RunResult> RunAsync(
        CheckpointKey key, string text, ChangePolicy onTextChange, ChangePolicy onTableChange, Timestamp? referenceDate, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(text);
        var completion = new TaskCompletionSource<RunResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        var call = new RunManagerActor.Call(new RunProtocol.StartRun(key, text, onTextChange, onTableChange, referenceDate), completion);
        manager.Tell(call);
        using var registration = cancellationToken.Register(() => manager.Tell(new RunManagerActor.CancelCall(call)));
        // A manager that is gone answers nobody.
        await Task.WhenAny(completion.Task, terminated).ConfigureAwait(false);
        completion.TrySetResult(new RunResult(
            key, RunOutcome.Stopped, 0, null, [], Error: new RunError(nameof(RunOutcome.Stopped), "the actor system was terminated")));
        return await completion.Task.ConfigureAwait(false);
    }
}
