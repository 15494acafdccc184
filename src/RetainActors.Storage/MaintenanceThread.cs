namespace RetainActors.Storage;

/// <summary>Compacts beside the commits, when asked to and by itself after deletions, and scrubs when asked to.</summary>
internal sealed class MaintenanceThread
{
    private const int PauseMilliseconds = 1000;

    private readonly object _gate = new();
    private readonly FileLogSettings _settings;
    private readonly CommitQueue _queue;
    private readonly Compaction _compaction;
    private readonly Scrub _scrub;
    private readonly Queue<Request> _requests = new();
    private readonly Thread _thread;
    private bool _signalled;
    private volatile bool _stopping;

    internal MaintenanceThread(IFileSystem fileSystem, FileLogSettings settings, CommitQueue queue, SegmentTable segments)
    {
        _settings = settings;
        _queue = queue;
        _signalled = settings.CompactionLiveShare > 0;
        _compaction = new Compaction(fileSystem, settings, queue, segments, () => _stopping);
        _scrub = new Scrub(queue, segments, _compaction.ThrowIfStopping);
        _thread = new Thread(Run) { IsBackground = true, Name = "retain-maintenance", Priority = ThreadPriority.BelowNormal };
        _thread.Start();
    }

    internal CompactionReport Report => new(_compaction.RewrittenSegments, _compaction.ReclaimedBytes);

    /// <summary>Says that there may be something to do now.</summary>
    internal void Signal()
    {
        lock (_gate)
        {
            if (_signalled || _settings.CompactionLiveShare <= 0) return;
            _signalled = true;
            Monitor.Pulse(_gate);
        }
    }

    internal Task<CompactionReport> CompactAsync(double liveShare) => Enqueue(new Request(liveShare));

    internal Task ScrubAsync() => Enqueue(new Request(LiveShare: null));

    private Task<CompactionReport> Enqueue(Request request)
    {
        lock (_gate)
        {
            if (_stopping) return Task.FromException<CompactionReport>(new LogClosedException(_settings.Directory));
            _requests.Enqueue(request);
            Monitor.Pulse(_gate);
        }

        return request.Completion.Task;
    }

    /// <summary>Stops at the end of the present slice; what was not published is abandoned.</summary>
    internal void Stop()
    {
        lock (_gate)
        {
            _stopping = true;
            Monitor.Pulse(_gate);
        }

        _thread.Join();
        while (_requests.TryDequeue(out var request)) request.Completion.SetException(new LogClosedException(_settings.Directory));
    }

    private void Run()
    {
        while (Wait(out var request))
        {
            var failure = Work(request is null ? _settings.CompactionLiveShare : request.LiveShare);
            if (failure is null) request?.Completion.SetResult(Report);
            else request?.Completion.SetException(failure);
            if (request is null) Pause();
        }
    }

    private bool Wait(out Request? request)
    {
        lock (_gate)
        {
            while (_requests.Count == 0 && !_signalled && !_stopping) Monitor.Wait(_gate);
            if (!_requests.TryDequeue(out request)) _signalled = false;
            return !_stopping;
        }
    }

    /// <summary>Deletions come by the thousand; looking for work once in a while is enough.</summary>
    private void Pause()
    {
        lock (_gate)
        {
            var until = Environment.TickCount64 + PauseMilliseconds;
            while (_requests.Count == 0 && !_stopping && until - Environment.TickCount64 is var rest and > 0)
                Monitor.Wait(_gate, (int)rest);
        }
    }

    /// <summary>Compacts until nothing is left to do, or scrubs; returns why it could not.</summary>
    private StorageException? Work(double? liveShare)
    {
        try
        {
            if (liveShare is not { } share)
            {
                _scrub.Run();
                return null;
            }

            while (_compaction.RunOnce(share))
            {
            }

            return null;
        }
        catch (StorageException failure)
        {
            return failure;
        }
        catch (FileSystemException failure) when (failure.Operation
            is FileOperation.Sync or FileOperation.SyncDirectory or FileOperation.Rename)
        {
            // What the disk holds is unknown now, and a later sync would not tell.
            return _queue.Poison(new JournalPoisonedException(failure.Message, failure));
        }
        catch (FileSystemException failure)
        {
            return failure.IsOutOfSpace
                ? new JournalFullException(failure.Message, failure)
                : new RootUnavailableException(failure.Message, failure);
        }
        catch (Exception failure)
        {
            return _queue.Poison(new JournalPoisonedException($"The maintenance thread failed: {failure.Message}", failure));
        }
    }

    /// <param name="LiveShare">The share to compact below; null to scrub.</param>
    private sealed record Request(double? LiveShare)
    {
        internal TaskCompletionSource<CompactionReport> Completion { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
