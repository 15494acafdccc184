namespace RetainActors.Storage;

/// <summary>One unit on its way to the disk.</summary>
internal sealed class PendingWrite(RecordDraft[] records, long size, Action<StorageException?> completed)
{
    private TaskCompletionSource? _over;

    internal RecordDraft[] Records { get; } = records;

    internal long Size { get; } = size;

    /// <summary>Where each record was put; filled by the segment writer.</summary>
    internal RecordLocation[] Locations { get; } = new RecordLocation[records.Length];

    /// <summary>Completes after the unit was told, whatever it was told. Ask only while the queue holds the unit.</summary>
    internal Task Over => (_over ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Tells its caller how it ended; null is success. Called once.</summary>
    internal void Tell(StorageException? failure)
    {
        try
        {
            completed(failure);
        }
        finally
        {
            _over?.SetResult();
        }
    }
}

/// <summary>A task that is completed by telling it how a write ended, on another thread than the one that tells.</summary>
internal sealed class WriteTask
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal Task Task => _completion.Task;

    internal void Tell(StorageException? failure)
    {
        if (failure is null) _completion.SetResult();
        else _completion.SetException(failure);
    }
}
