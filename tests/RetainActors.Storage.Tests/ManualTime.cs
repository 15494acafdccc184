namespace RetainActors.Storage.Tests;

/// <summary>A clock that only the test moves, with the timers that wait for it.</summary>
internal sealed class ManualTime : TimeProvider
{
    private readonly object _gate = new();
    private readonly List<Timer> _timers = [];
    private TimeSpan _now;

    /// <summary>For how long the armed timers wait still, the nearest first.</summary>
    internal TimeSpan[] Waiting
    {
        get
        {
            lock (_gate) return _timers.Where(timer => timer.At is not null).Select(timer => timer.At!.Value - _now).Order().ToArray();
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate) return DateTimeOffset.UnixEpoch + _now;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, () => callback(state));
        timer.Change(dueTime, period);
        lock (_gate) _timers.Add(timer);
        return timer;
    }

    internal void Advance(TimeSpan by)
    {
        Timer[] due;
        lock (_gate)
        {
            _now += by;
            due = _timers.Where(timer => timer.At <= _now).ToArray();
            foreach (var timer in due) timer.At = null;
        }

        foreach (var timer in due) timer.Callback();
    }

    private sealed class Timer(ManualTime time, Action callback) : ITimer
    {
        internal TimeSpan? At { get; set; }

        internal Action Callback { get; } = callback;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._gate) At = dueTime == Timeout.InfiniteTimeSpan ? null : time._now + dueTime;
            return true;
        }

        public void Dispose()
        {
            lock (time._gate) time._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
