namespace RetainActors.Persistence.Snapshots;

/// <summary>Runs blocking work off the caller's thread: what belongs to one key in the order it came, a few keys at a time.</summary>
internal sealed class OrderedLanes
{
    private const int Count = 8;

    private readonly TaskFactory[] _lanes = [.. Enumerable.Range(0, Count).Select(_ =>
        new TaskFactory(CancellationToken.None, TaskCreationOptions.DenyChildAttach, TaskContinuationOptions.None,
            new ConcurrentExclusiveSchedulerPair().ExclusiveScheduler))];

    private readonly Task?[] _last = new Task?[Count];

    /// <summary>Calls come from one thread at a time.</summary>
    public Task<T> RunAsync<T>(string key, Func<T> work)
    {
        var lane = (int)((uint)StringComparer.Ordinal.GetHashCode(key) % Count);
        var task = _lanes[lane].StartNew(work);
        _last[lane] = task;
        return task;
    }

    /// <summary>Waits until everything that was started has ended, well or badly.</summary>
    public void Drain()
    {
        foreach (var last in _last)
            if (last is not null)
                ((IAsyncResult)last).AsyncWaitHandle.WaitOne();
    }
}
