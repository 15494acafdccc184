namespace RetainActors.Storage;

/// <summary>Compacts and scrubs beside the commits, when asked to and by itself: after deletions, and in an interval.</summary>
internal sealed class MaintenanceThread
{
    private const int PauseMilliseconds = 1000;

    private readonly object _gate = new();
    private readonly FileLogSettings _settings;
    private readonly CommitQueue _queue;
    private readonly Compaction _compaction;
    private readonly Scrub _scrub;
    private readonly ScrubSchedule _schedule;
    private readonly SegmentTable _segments;
    private readonly Action<SegmentCorruptException> _damageFound;
    private readonly HashSet<Segment> _told = [];
    private readonly Queue<Request> _requests = new();
    private readonly Thread _thread;
    private bool _signalled;
    private volatile bool _stopping;

    internal MaintenanceThread(
        IFileSystem fileSystem, FileLogSettings settings, CommitQueue queue, SegmentTable segments, SparePool spares,
        Action<SegmentCorruptException> damageFound)
    {
        _segments = segments;
        _damageFound = damageFound;
        _settings = settings;
        _queue = queue;
        _signalled = settings.CompactionLiveShare > 0;
        _compaction = new Compaction(fileSystem, settings, queue, segments, spares, () => _stopping);
        _scrub = new Scrub(queue, segments, settings.TimeProvider, _compaction.ThrowIfStopping);
        _schedule = new ScrubSchedule(settings, _gate, () => _stopping || _requests.Count > 0);
        _thread = new Thread(Run) { IsBackground = true, Name = "retain-maintenance", Priority = ThreadPriority.BelowNormal };
        _thread.Start();
    }

    internal CompactionReport Report => new(_compaction.RewrittenSegments, _compaction.ReclaimedBytes);

    internal ScrubReport Scrubs => _scrub.Report;

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
        _schedule.Dispose();
        while (_requests.TryDequeue(out var request)) request.Completion.SetException(new LogClosedException(_settings.Directory));
    }

    private void Run()
    {
        while (Wait(out var request))
        {
            if (request is not null) Answer(request);
            else if (!_signalled) _ = Try(ScrubStep);
            else CompactByItself();
        }
    }

    private bool Wait(out Request? request)
    {
        lock (_gate)
        {
            while (_requests.Count == 0 && !_signalled && !_schedule.IsDue && !_stopping) Monitor.Wait(_gate);
            _requests.TryDequeue(out request);
            return !_stopping;
        }
    }

    private void Answer(Request request)
    {
        var failure = Try(request.LiveShare is { } share ? () => Compact(share) : _scrub.Run);
        if (failure is null) request.Completion.SetResult(Report);
        else request.Completion.SetException(failure);
    }

    private void CompactByItself()
    {
        lock (_gate) _signalled = false;
        // What it could not do now it does after the next deletion.
        _ = Try(() => Compact(_settings.CompactionLiveShare));
        Pause();
    }

    private void Compact(double liveShare)
    {
        while (_compaction.RunOnce(liveShare))
        {
        }
    }

    private void ScrubStep()
    {
        if (!_scrub.Step(_schedule.Pace)) _schedule.Finished();
    }

    private void TellDamage()
    {
        foreach (var segment in _segments.InOrder)
            if (segment.Damage is { } damage && _told.Add(segment)) _damageFound(damage);
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

    /// <summary>Does something and tells of the damage it met; returns why it could not.</summary>
    private StorageException? Try(Action work)
    {
        try
        {
            work();
            TellDamage();
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
