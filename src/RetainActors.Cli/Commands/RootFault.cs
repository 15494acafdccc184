namespace RetainActors.Cli.Commands;

/// <summary>The first failure of the root; it stops the whole command.</summary>
internal sealed class RootFault
{
    private readonly TaskCompletionSource<CommandFailure> _failure = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Null while all is well.</summary>
    public CommandFailure? Failure => _failure.Task.IsCompleted ? _failure.Task.Result : null;

    /// <summary>Ends with the failure.</summary>
    public Task<CommandFailure> Reported => _failure.Task;

    /// <summary>Cancelled with the failure.</summary>
    public CancellationToken Token => _stop.Token;

    public void Report(CommandFailure failure)
    {
        if (_failure.TrySetResult(failure)) _stop.Cancel();
    }
}
