using Akka.Configuration;
using Akka.Event;
using RetainActors.Storage;

namespace RetainActors.Persistence;

/// <summary>
/// The log of one journal and the way to it: opens it off the actor's thread and again with backoff where that can help,
/// lets requests wait for the first attempt, and starts them in the order they came. A log that was poisoned is closed and
/// opened anew, which reads and syncs everything again; until that works every request fails with the reason.
/// </summary>
internal sealed class JournalLog : IDisposable
{
    /// <summary>A device that failed is given this many of the first waits before it is tried again.</summary>
    private const int WaitsAfterPoisoning = 5;

    private readonly Func<FileLog> _open;
    private readonly TimeSpan _minBackoff;
    private readonly TimeSpan _maxBackoff;
    private readonly FailureWatch _failures;
    private readonly DamageWatch _damage;
    private readonly ILoggingAdapter _logger;
    private readonly Action _reopened;
    private readonly CancellationTokenSource _closing = new();

    private readonly Lock _gate = new();
    private Task _opening;
    private bool _disposed;
    private Queue<Task>? _waiting = new();
    private FileLog? _log;
    private Exception? _refusal;

    private JournalLog(
        Func<FileLog> open, TimeSpan minBackoff, TimeSpan maxBackoff, FailureWatch failures, DamageWatch damage,
        ILoggingAdapter logger, Action reopened)
    {
        _open = open;
        _minBackoff = minBackoff;
        _maxBackoff = maxBackoff;
        _failures = failures;
        _damage = damage;
        _logger = logger;
        _reopened = reopened;
        _opening = OnOwnThreadAsync(() => OpenAsync(_minBackoff));
    }

    /// <summary>
    /// Begins to open the log. Calls <paramref name="reopened"/> when it was opened anew after a poisoning: a write of unknown
    /// outcome may be stored now.
    /// </summary>
    public static JournalLog Open(
        Func<FileLog> open, FileJournalSettings settings, FailureWatch failures, DamageWatch damage, ILoggingAdapter logger,
        Action reopened) =>
        new(open, settings.OpenRetryMinBackoff, settings.OpenRetryMaxBackoff, failures, damage, logger, reopened);

    /// <summary>A log that can never be opened: every request fails with the reason.</summary>
    public static JournalLog Refuse(ConfigurationException reason, FailureWatch failures, ILoggingAdapter logger) =>
        new(() => throw reason, TimeSpan.Zero, TimeSpan.Zero, failures, new DamageWatch(_ => { }), logger, () => { });

    /// <summary>How the log is. Damage that was found beside the requests, by compaction, is reported here.</summary>
    public JournalLogStatus Inspect()
    {
        FileLog? log;
        lock (_gate)
        {
            if (_refusal is not null) return new JournalLogStatus(JournalLogState.Closed, _refusal);
            log = _log;
        }
        if (log is null) return new JournalLogStatus(JournalLogState.Opening);

        // A log may fail while nobody asks it for anything.
        if (log.Failure is { } failure) Poisoned(log, failure);
        try
        {
            var statistics = log.GetStatistics();
            Report(statistics);
            return new JournalLogStatus(JournalLogState.Open, _failures.Current, statistics, _damage.Current);
        }
        catch (StorageException e)
        {
            return new JournalLogStatus(JournalLogState.Open, e);
        }
    }

    /// <summary>A request that stores something: its success ends a failure such as a full disk.</summary>
    public Task<T> StoreAsync<T>(Func<FileLog, Task<T>> request) => RunAsync(request, heals: true);

    /// <summary>A request that reads. Starts now, or when the first attempt to open has ended, never before an earlier one.</summary>
    public Task<T> RunAsync<T>(Func<FileLog, Task<T>> request) => RunAsync(request, heals: false);

    private Task<T> RunAsync<T>(Func<FileLog, Task<T>> request, bool heals)
    {
        lock (_gate)
        {
            if (_waiting is not null)
            {
                var waiting = new Task<Task<T>>(() => StartAsync(request, heals));
                _waiting.Enqueue(waiting);
                return waiting.Unwrap();
            }
        }
        return StartAsync(request, heals);
    }

    /// <summary>Waits until the log is drained and closed, so that the root is free afterwards.</summary>
    public void Dispose()
    {
        Task opening;
        lock (_gate)
        {
            _disposed = true;
            opening = _opening;
        }
        _closing.Cancel();
        opening.Wait();
        _log?.Dispose();
        _closing.Dispose();
    }

    private async Task<T> StartAsync<T>(Func<FileLog, Task<T>> request, bool heals)
    {
        FileLog? log;
        Exception? refusal;
        lock (_gate) (log, refusal) = (_log, _refusal);
        var seen = heals ? _failures.Current : null;
        try
        {
            var result = await (log is null ? Task.FromException<T>(refusal!) : request(log)).ConfigureAwait(false);
            _failures.Healed(seen);
            return result;
        }
        catch (StorageException e) when (log is not null && e.Reason == StorageFailure.JournalPoisoned)
        {
            Poisoned(log, e);
            throw;
        }
        catch (SegmentCorruptException e) when (log is not null)
        {
            _damage.Found(e);
            throw;
        }
        catch (StorageException e) when (e.Reason == StorageFailure.JournalFull)
        {
            _failures.Failed(e);
            throw;
        }
    }

    private void Report(LogStatistics statistics)
    {
        foreach (var damage in statistics.Damage) _damage.Found(damage);
    }

    /// <summary>Recovery reads and writes files: a thread of its own, not one of the pool's.</summary>
    private static Task OnOwnThreadAsync(Func<Task> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();

    /// <summary>Begins to open the log anew, once; a failure of a log that was replaced already is none of the new one.</summary>
    private void Poisoned(FileLog log, StorageException failure)
    {
        lock (_gate)
        {
            if (_disposed || !ReferenceEquals(_log, log)) return;
            _log = null;
            _refusal = failure;
            _opening = OnOwnThreadAsync(() => ReopenAsync(log));
        }
        _failures.Failed(failure);
    }

    private async Task ReopenAsync(FileLog poisoned)
    {
        poisoned.Dispose();
        var wait = _minBackoff * WaitsAfterPoisoning;
        if (!await WaitAsync(wait).ConfigureAwait(false)) return;
        await OpenAsync(Min(wait * 2, _maxBackoff)).ConfigureAwait(false);
        lock (_gate)
        {
            if (_log is null) return;
        }
        _reopened();
    }

    private async Task OpenAsync(TimeSpan wait)
    {
        for (; TryOpen() is { } reason && CanHeal(reason); wait = Min(wait * 2, _maxBackoff))
            if (!await WaitAsync(wait).ConfigureAwait(false)) return;
    }

    /// <summary>False when the journal stops meanwhile.</summary>
    private async Task<bool> WaitAsync(TimeSpan wait)
    {
        await Task.Delay(wait, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return !_closing.IsCancellationRequested;
    }

    /// <summary>Opens the log and returns null, or why it could not.</summary>
    private Exception? TryOpen()
    {
        FileLog log;
        try
        {
            log = _open();
        }
        catch (Exception reason)
        {
            Refused(reason);
            return reason;
        }
        Opened(log);
        return null;
    }

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;

    private static bool CanHeal(Exception e) => e is StorageException
    {
        Reason: StorageFailure.RootInUse or StorageFailure.RootUnavailable or StorageFailure.JournalFull
            or StorageFailure.JournalPoisoned,
    };

    private void Opened(FileLog log)
    {
        _logger.Info("Opened the journal: {0}", log.Recovery);
        // What the scrub or compaction met before this is in the statistics, and told with them.
        log.DamageFound += _damage.Found;
        var failure = _failures.Current;
        lock (_gate)
        {
            _log = log;
            _refusal = null;
        }
        _failures.Healed(failure);
        StartWaiting();
    }

    private void Refused(Exception reason)
    {
        lock (_gate) _refusal = reason;
        if (reason is StorageException failure) _failures.Failed(failure);
        else _logger.Error(reason, "The journal cannot be opened: {0}", reason.Message);
        StartWaiting();
    }

    /// <summary>Requests that come meanwhile queue up behind, until none is left.</summary>
    private void StartWaiting()
    {
        while (true)
        {
            Task? next;
            lock (_gate)
            {
                if (_waiting is null || !_waiting.TryDequeue(out next))
                {
                    _waiting = null;
                    return;
                }
            }
            next.RunSynchronously(TaskScheduler.Default);
        }
    }
}
