using Akka.Configuration;
using Akka.Event;
using RetainActors.Storage;

namespace RetainActors.Persistence;

/// <summary>
/// The log of one journal and the way to it: opens it off the actor's thread and again with backoff where that can help,
/// lets requests wait for the first attempt, and starts them in the order they came.
/// </summary>
internal sealed class JournalLog : IDisposable
{
    private readonly Func<FileLog> _open;
    private readonly TimeSpan _minBackoff;
    private readonly TimeSpan _maxBackoff;
    private readonly FailureWatch _failures;
    private readonly ILoggingAdapter _logger;
    private readonly CancellationTokenSource _closing = new();
    private readonly Task _opening;

    private readonly Lock _gate = new();
    private Queue<Task>? _waiting = new();
    private FileLog? _log;
    private Exception? _refusal;

    private JournalLog(
        Func<FileLog> open, TimeSpan minBackoff, TimeSpan maxBackoff, FailureWatch failures, ILoggingAdapter logger)
    {
        _open = open;
        _minBackoff = minBackoff;
        _maxBackoff = maxBackoff;
        _failures = failures;
        _logger = logger;
        // Recovery reads and writes files: a thread of its own, not one of the pool's.
        _opening = Task.Factory.StartNew(
            OpenAsync, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();
    }

    /// <summary>Begins to open the log.</summary>
    public static JournalLog Open(
        FileJournalSettings settings, IFileSystem fileSystem, FailureWatch failures, ILoggingAdapter logger) =>
        new(() => FileLog.Open(settings.ToLogSettings(), fileSystem),
            settings.OpenRetryMinBackoff, settings.OpenRetryMaxBackoff, failures, logger);

    /// <summary>A log that can never be opened: every request fails with the reason.</summary>
    public static JournalLog Refuse(ConfigurationException reason, FailureWatch failures, ILoggingAdapter logger) =>
        new(() => throw reason, TimeSpan.Zero, TimeSpan.Zero, failures, logger);

    /// <summary>How the log is, and the exception that says why if it is not well.</summary>
    public (JournalLogState State, Exception? Failure) Inspect()
    {
        FileLog? log;
        lock (_gate)
        {
            if (_refusal is not null) return (JournalLogState.Closed, _refusal);
            log = _log;
        }
        if (log is null) return (JournalLogState.Opening, null);

        // A log may fail while nobody asks it for anything.
        if (log.Failure is { } failure) _failures.Failed(failure);
        return (JournalLogState.Open, _failures.Current);
    }

    /// <summary>A request that stores something: its success ends a failure such as a full disk.</summary>
    public Task<T> StoreAsync<T>(Func<FileLog, Task<T>> request) => RunAsync(async log =>
    {
        var seen = _failures.Current;
        var result = await request(log).ConfigureAwait(false);
        _failures.Healed(seen);
        return result;
    });

    /// <summary>Starts the request now, or when the first attempt to open has ended, never before an earlier one.</summary>
    public Task<T> RunAsync<T>(Func<FileLog, Task<T>> request)
    {
        lock (_gate)
        {
            if (_waiting is not null)
            {
                var waiting = new Task<Task<T>>(() => StartAsync(request));
                _waiting.Enqueue(waiting);
                return waiting.Unwrap();
            }
        }
        return StartAsync(request);
    }

    /// <summary>Waits until the log is drained and closed, so that the root is free afterwards.</summary>
    public void Dispose()
    {
        _closing.Cancel();
        _opening.Wait();
        _log?.Dispose();
        _closing.Dispose();
    }

    private async Task<T> StartAsync<T>(Func<FileLog, Task<T>> request)
    {
        FileLog? log;
        Exception? refusal;
        lock (_gate) (log, refusal) = (_log, _refusal);
        try
        {
            return await (log is null ? Task.FromException<T>(refusal!) : request(log)).ConfigureAwait(false);
        }
        catch (StorageException e) when (e.Reason is StorageFailure.JournalPoisoned or StorageFailure.JournalFull)
        {
            _failures.Failed(e);
            throw;
        }
    }

    private async Task OpenAsync()
    {
        for (var wait = _minBackoff; TryOpen() is { } reason && CanHeal(reason); wait = Min(wait * 2, _maxBackoff))
        {
            await Task.Delay(wait, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_closing.IsCancellationRequested) return;
        }
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
        Reason: StorageFailure.RootInUse or StorageFailure.RootUnavailable or StorageFailure.JournalFull,
    };

    private void Opened(FileLog log)
    {
        _logger.Info("Opened the journal: {0}", log.Recovery);
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
