using RetainActors.Storage;

namespace RetainActors.Persistence;

/// <summary>Turns many failing requests into one report per failure episode. Safe from any thread.</summary>
internal sealed class FailureWatch(Action<StorageException> report)
{
    private readonly Lock _gate = new();
    private StorageException? _current;

    /// <summary>What is wrong now; null when nothing is known to be.</summary>
    public StorageException? Current
    {
        get
        {
            lock (_gate) return _current;
        }
    }

    /// <summary>Reports the failure unless one of the same kind is already known.</summary>
    public void Failed(StorageException cause)
    {
        lock (_gate)
        {
            if (_current?.Reason == cause.Reason) return;
            _current = cause;
        }
        report(cause);
    }

    /// <summary>
    /// Ends the episode of <paramref name="seen"/>, the failure that was current when the request that now succeeded began: a
    /// success from before the failure says nothing about it.
    /// </summary>
    public void Healed(StorageException? seen)
    {
        if (seen is null) return;
        lock (_gate)
        {
            if (ReferenceEquals(_current, seen)) _current = null;
        }
    }
}
