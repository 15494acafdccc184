using RetainActors.Runs;

namespace RetainActors.Tests.Runs;

/// <summary>A handler that waits inside until it is opened, so that a test can act while a state runs.</summary>
/// <param name="then">What it does when it is open.</param>
/// <param name="ignoresStop">Whether it waits on although its run is being stopped.</param>
internal sealed class Gate(StateHandler then, bool ignoresStop = false)
{
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the state is entered.</summary>
    public Task Entered => _entered.Task.WaitAsync(TimeSpan.FromSeconds(10));

    public void Open() => _open.TrySetResult();

    public async Task<StateResult> Handle(StateScope scope, RetainContext context, CancellationToken stop)
    {
        _entered.TrySetResult();
        await _open.Task.WaitAsync(ignoresStop ? CancellationToken.None : stop);
        return await then(scope, context, stop);
    }
}
