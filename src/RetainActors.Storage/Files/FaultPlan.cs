namespace RetainActors.Storage;

/// <summary>Which of the coming calls fail, and how.</summary>
internal sealed class FaultPlan
{
    private readonly List<Fault> _faults = [];

    internal void Add(FileOperation operation, int nth, FileSystemError error, bool sticky)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(nth, 1);
        _faults.Add(new Fault(operation, error, sticky) { Remaining = nth });
    }

    internal void Clear() => _faults.Clear();

    /// <summary>Counts a call and says how it fails; null when it works.</summary>
    internal FileSystemError? Next(FileOperation operation)
    {
        FileSystemError? failure = null;
        foreach (var fault in _faults.Where(fault => fault.Operation == operation))
        {
            fault.Remaining--;
            if (fault.Remaining == 0 || (fault.Remaining < 0 && fault.Sticky)) failure ??= fault.Error;
        }

        return failure;
    }

    private sealed record Fault(FileOperation Operation, FileSystemError Error, bool Sticky)
    {
        internal int Remaining { get; set; }
    }
}
