namespace RetainActors.Storage;

/// <summary>One unit on its way to the disk.</summary>
internal sealed class PendingWrite(RecordDraft[] records, long size)
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal RecordDraft[] Records { get; } = records;

    internal long Size { get; } = size;

    /// <summary>Where each record was put; filled by the segment writer.</summary>
    internal RecordLocation[] Locations { get; } = new RecordLocation[records.Length];

    internal Task Completion => _completion.Task;

    internal void Succeed() => _completion.SetResult();

    internal void Fail(StorageException failure) => _completion.SetException(failure);
}
