using System.Text;

namespace RetainActors.Storage;

/// <summary>
/// A segmented append-only log of records by id. An append is acknowledged only after a checked sync; appends of many callers
/// share one. All members may be called from any thread, and every failure is a <see cref="StorageException"/>.
/// </summary>
public sealed class FileLog : IDisposable
{
    private readonly FileLogSettings _settings;
    private readonly IFileSystem _fileSystem;
    private readonly RecoveredLog _recovered;
    private readonly CommitQueue _queue;
    private readonly DirectoryLock? _lock;
    private readonly SparePool? _spares;
    private readonly SegmentWriter? _writer;
    private readonly CommitThread? _thread;
    private readonly MaintenanceThread? _maintenance;

    private FileLog(FileLogSettings settings, IFileSystem fileSystem, RecoveredLog recovered, DirectoryLock? held)
    {
        _settings = settings;
        _fileSystem = fileSystem;
        _recovered = recovered;
        _lock = held;
        _queue = new CommitQueue(settings, recovered.Index, recovered.NextPosition - 1);
        if (settings.ReadOnly) return;

        _spares = new SparePool(fileSystem, settings.Directory, settings.SpareSegments, recovered.Spares);
        _writer = new SegmentWriter(fileSystem, settings, recovered, _spares);
        _maintenance = new MaintenanceThread(
            fileSystem, settings, _queue, recovered.Segments, _spares, damage => DamageFound?.Invoke(damage));
        _thread = new CommitThread(_queue, _writer, settings.IdleMilliseconds, _maintenance.Signal);
    }

    /// <summary>
    /// Told once of every sealed segment that a scrub or a compaction finds damaged, by the maintenance thread: it must not block
    /// or dispose the log, and one that throws poisons it. <see cref="LogStatistics.Damage"/> keeps what was told.
    /// </summary>
    public event Action<SegmentCorruptException>? DamageFound;

    /// <summary>Every id that ever had a durable record, as of now.</summary>
    public IReadOnlyCollection<string> Ids => _queue.Ids;

    /// <summary>The position of the last durable record, deletions counted too; 0 in an empty log. It never goes back.</summary>
    /// <exception cref="StorageException">The log is closed or poisoned.</exception>
    public long LastPosition => _queue.LastPosition;

    /// <summary>
    /// The failure that poisoned this log; null while it works. A poisoned log never recovers: dispose it and open the folder
    /// again, which writes and syncs anew what is not proven durable. <see cref="StorageFailure.JournalFull"/> is no such failure.
    /// </summary>
    public StorageException? Failure => _queue.Failure;

    /// <summary>What opening found and did.</summary>
    public RecoveryReport Recovery => _recovered.Report;

    /// <summary>
    /// Opens a log, creating it when there is none. What a crash left unproven is written again and synced before this returns.
    /// </summary>
    /// <exception cref="ArgumentException">A setting is out of its range; it is named.</exception>
    /// <exception cref="StorageException">The folder or what is in it cannot be used; nothing was lost.</exception>
    public static FileLog Open(FileLogSettings settings, IFileSystem fileSystem)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(fileSystem);
        settings.Validate();
        settings = settings with { Directory = Path.TrimEndingDirectorySeparator(Path.GetFullPath(settings.Directory)) };
        return LogOpening.Open(settings, fileSystem, (recovered, held) => new FileLog(settings, fileSystem, recovered, held));
    }

    /// <summary>
    /// Appends one unit, all or nothing. The task completes after the unit is durable, on another thread than the writing
    /// one. After a failure other than <see cref="StorageFailure.JournalPoisoned"/> the unit is surely not stored.
    /// </summary>
    public Task AppendAsync(IReadOnlyList<LogEntry> unit)
    {
        var append = new WriteTask();
        Append(unit, append.Tell);
        return append.Task;
    }

    /// <summary>
    /// Appends one unit, all or nothing, and tells how it ended exactly once: null when the unit is durable and readers see it,
    /// otherwise why not. After a failure other than <see cref="StorageFailure.JournalPoisoned"/> it is surely not stored.
    /// </summary>
    /// <param name="unit">At least one entry; see <see cref="LogEntry"/>.</param>
    /// <param name="completed">
    /// For an accepted unit called by the commit thread, in the order in which units were accepted; nothing else is written
    /// meanwhile, so it must not block, and one that throws poisons the log. It may append, and must not dispose the log, which
    /// tells everything accepted before <see cref="Dispose"/> returns. A unit that is refused at once (too large, busy, duplicate
    /// number, closed, read-only, poisoned) is told so by the calling thread, before this returns.
    /// </param>
    /// <exception cref="ArgumentException">An entry cannot be stored by any log; nothing is told then.</exception>
    public void Append(IReadOnlyList<LogEntry> unit, Action<StorageException?> completed)
    {
        ArgumentNullException.ThrowIfNull(unit);
        ArgumentNullException.ThrowIfNull(completed);
        if (unit.Count == 0) throw new ArgumentException("A unit has at least one entry.", nameof(unit));

        var records = new RecordDraft[unit.Count];
        long size = 0;
        for (var i = 0; i < records.Length; i++)
        {
            var entry = unit[i] ?? throw new ArgumentException($"Entry {i} is null.", nameof(unit));
            if (entry.SequenceNumber < 1)
                throw new ArgumentException($"The sequence number of entry {i} must be positive.", nameof(unit));
            RequireId(entry.Id, nameof(unit));
            records[i] = new RecordDraft(RecordKind.Event, entry.Id, entry.SequenceNumber, entry.Payload) { Head = entry.Head };
            size += records[i].Size;
        }

        var stored = size + SegmentFormat.BatchHeaderSize;
        var refusal = stored > _settings.MaxUnitSizeBytes
            ? new RecordTooLargeException(stored, _settings.MaxUnitSizeBytes)
            : _queue.Append(new PendingWrite(records, size, completed));
        if (refusal is not null) completed(refusal);
    }

    /// <summary>
    /// The highest sequence number that ever became durable for the id, deleted or not; 0 for an unknown one. Waits for earlier
    /// appends and deletions of the id that are still in flight, so the number after it is free.
    /// </summary>
    public Task<long> GetHighestSequenceNumberAsync(string id)
    {
        RequireId(id, nameof(id));
        return _queue.GetHighest(id);
    }

    /// <summary>
    /// The durable, undeleted records of an id, ascending, bounds included, at most <paramref name="max"/>. Which ones is
    /// decided when the enumeration starts; each is read and verified when it is reached, and one deleted meanwhile may be left out.
    /// </summary>
    /// <exception cref="SegmentCorruptException">Thrown by the enumeration: a record is not what was written.</exception>
    public IEnumerable<LogRecord> Read(string id, long fromSequenceNumber, long toSequenceNumber, long max)
    {
        RequireId(id, nameof(id));
        return ReadRecords(id, fromSequenceNumber, toSequenceNumber, max);
    }

    /// <summary>
    /// The durable, undeleted records of all ids whose position lies between the bounds, the lower one excluded, in the order of
    /// their positions. The enumeration ends at <see cref="LastPosition"/> as it was when it started; to go on later, start another
    /// one after the last position seen. Beside appends and compaction no record is left out or given twice; one that is deleted
    /// meanwhile may be given or not.
    /// </summary>
    /// <remarks>
    /// Records are read when they are reached, and no lock is held in between, so an enumeration may be held for as long as the
    /// log is open. Starting one reads about 256 KiB and the index of one segment; taking few records from each of many is
    /// slower than holding one. Memory is that of 12 bytes per record of a segment and of the largest batch.
    /// </remarks>
    /// <exception cref="SegmentCorruptException">Thrown by the enumeration: a record is not what was written.</exception>
    public IEnumerable<LogRecord> ReadByPosition(long afterPosition, long toPosition)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(afterPosition);
        return Read();

        IEnumerable<LogRecord> Read()
        {
            var scan = new PositionScan(_queue, _recovered.Segments, afterPosition, Math.Min(toPosition, _queue.LastPosition));
            foreach (var record in scan.Read()) yield return record;
        }
    }

    /// <summary>
    /// Deletes the records of an id up to a number, at most up to the highest one now. The task completes when that is durable;
    /// the highest number is kept for ever. Repeating it, and an unknown id, change nothing.
    /// </summary>
    public Task DeleteAsync(string id, long toSequenceNumber)
    {
        RequireId(id, nameof(id));
        return _queue.Delete(id, toSequenceNumber);
    }

    /// <summary>Copies a deletion of another log, which knows a highest number whose records may be gone.</summary>
    internal Task DeleteAsync(string id, long toSequenceNumber, long highest) => _queue.Delete(id, toSequenceNumber, highest);

    /// <summary>
    /// Rewrites sealed segments of which less than a share of the record bytes is live, beside appends and reads, and completes
    /// when none is left. Numbers, positions and the highest number of every id stay as they are.
    /// </summary>
    /// <param name="liveShare">From 0 to 1; by default <see cref="FileLogSettings.CompactionLiveShare"/>.</param>
    public Task<CompactionReport> CompactAsync(double? liveShare = null)
    {
        var share = liveShare ?? _settings.CompactionLiveShare;
        if (share is not (>= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(liveShare), share, "It must be from 0 to 1.");
        return _maintenance?.CompactAsync(share)
            ?? Task.FromException<CompactionReport>(new LogReadOnlyException(_settings.Directory));
    }

    /// <summary>
    /// Reads every sealed segment to the last byte, beside appends and reads. Damage is a result, not a failure: it is in the
    /// statistics from then on, and a segment with damage is never compacted.
    /// </summary>
    public async Task<LogStatistics> ScrubAsync()
    {
        if (_maintenance is null) throw new LogReadOnlyException(_settings.Directory);
        await _maintenance.ScrubAsync().ConfigureAwait(false);
        return GetStatistics();
    }

    /// <summary>How large the log is now and how much of it is alive.</summary>
    public LogStatistics GetStatistics()
    {
        var (segments, ids, total, records, live) = (0, 0, 0L, 0L, 0L);
        var damage = new List<SegmentCorruptException>();
        _queue.UnderLock(index =>
        {
            _queue.ThrowIfUnusable();
            ids = index.Count;
            foreach (var segment in index.Segments.InOrder)
            {
                segments++;
                records += segment.RecordBytes;
                live += segment.LiveBytes;
                total += LengthOf(segment);
                if (segment.Damage is { } found) damage.Add(found);
            }
        });
        var spare = _spares?.TotalBytes ?? 0;
        var isAboveWarning = _settings.TotalSizeWarningBytes > 0 && total + spare > _settings.TotalSizeWarningBytes;
        return new LogStatistics(
            segments, ids, total, spare, records, live, isAboveWarning, _maintenance?.Report ?? new CompactionReport(0, 0),
            _maintenance?.Scrubs ?? new ScrubReport(0, LastFinished: null), damage);
    }

    /// <summary>Finishes every accepted append, marks the log as closed in good order and lets go of the folder.</summary>
    public void Dispose()
    {
        if (!_queue.Close()) return;
        _maintenance?.Stop();
        _thread?.Join();
        if (_queue.Failure is null) MarkClean();
        foreach (var segment in _recovered.Segments.InOrder) segment.Dispose();
        _lock?.Dispose();
    }

    private static void RequireId(string id, string parameter)
    {
        ArgumentException.ThrowIfNullOrEmpty(id, parameter);
        try
        {
            if (SegmentFormat.StrictUtf8.GetByteCount(id) > SegmentFormat.MaxIdBytes)
                throw new ArgumentException($"An id has at most {SegmentFormat.MaxIdBytes} UTF-8 bytes.", parameter);
        }
        catch (EncoderFallbackException)
        {
            throw new ArgumentException("An id must be well-formed text; this one has a lone surrogate.", parameter);
        }
    }

    private IEnumerable<LogRecord> ReadRecords(string id, long from, long to, long max)
    {
        foreach (var location in _queue.Find(id, from, to, max))
        {
            if (ReadRecord(id, location) is { } record) yield return record;
        }
    }

    private long LengthOf(Segment segment)
    {
        try
        {
            return segment.File.Length;
        }
        catch (ObjectDisposedException)
        {
            throw new LogClosedException(_settings.Directory);
        }
        catch (FileSystemException failure)
        {
            throw new RootUnavailableException(failure.Message, failure);
        }
    }

    /// <summary>Reads a record where it lies now; null when it was deleted and compacted away since the enumeration began.</summary>
    private LogRecord? ReadRecord(string id, RecordLocation location)
    {
        while (true)
        {
            _queue.ThrowIfUnusable();
            try
            {
                return location.Segment.Read(id, location);
            }
            catch (ObjectDisposedException)
            {
                // Closed, which the next round says, or compacted: then it lies elsewhere.
                var number = location.SequenceNumber;
                if (_queue.Find(id, number, number, 1) is not [var moved]) return null;
                location = moved;
            }
        }
    }

    private void MarkClean()
    {
        try
        {
            _writer?.CreateCleanMark()?.Write(_fileSystem, _settings.Directory);
        }
        catch (FileSystemException)
        {
            // Without the mark the next opening follows the rules of a crash, which lose nothing either.
        }
    }
}
