namespace RetainActors.Storage;

/// <summary>
/// Says when a scrub is due and how fast it may read. It waits on the maintenance thread's own lock, so that whatever else that
/// thread has to do wakes it.
/// </summary>
internal sealed class ScrubSchedule : IDisposable
{
    private readonly FileLogSettings _settings;
    private readonly object _gate;
    private readonly Func<bool> _mustHurry;
    private readonly ITimer? _due;
    private readonly ITimer? _pace;
    private bool _isWaiting;

    /// <param name="settings">How often, how fast, and by which clock.</param>
    /// <param name="gate">The lock of the maintenance thread.</param>
    /// <param name="mustHurry">Whether something else waits for that thread; asked under the lock.</param>
    internal ScrubSchedule(FileLogSettings settings, object gate, Func<bool> mustHurry)
    {
        _settings = settings;
        _gate = gate;
        _mustHurry = mustHurry;
        if (settings.ScrubInterval <= TimeSpan.Zero) return;
        _due = Timer(() => IsDue = true);
        _pace = Timer(() => _isWaiting = false);
        Arm(_due, settings.ScrubInterval);
    }

    /// <summary>Whether a scrub should begin or go on. Guarded by the lock.</summary>
    internal bool IsDue { get; private set; }

    /// <summary>The scrub ended, so the next one is due an interval from now.</summary>
    internal void Finished()
    {
        lock (_gate) IsDue = false;
        Arm(_due!, _settings.ScrubInterval);
    }

    /// <summary>Waits for as long as reading so much may take, or until something else is to be done.</summary>
    internal void Pace(int bytes)
    {
        lock (_gate)
        {
            if (_mustHurry()) return;
            _isWaiting = true;
            Arm(_pace!, TimeSpan.FromSeconds((double)bytes / _settings.ScrubBytesPerSecond));
            while (_isWaiting && !_mustHurry()) Monitor.Wait(_gate);
        }
    }

    public void Dispose()
    {
        _due?.Dispose();
        _pace?.Dispose();
    }

    private static void Arm(ITimer timer, TimeSpan after) => timer.Change(after, Timeout.InfiniteTimeSpan);

    private ITimer Timer(Action set) => _settings.TimeProvider.CreateTimer(
        _ =>
        {
            lock (_gate)
            {
                set();
                Monitor.Pulse(_gate);
            }
        },
        state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
}
