namespace RetainActors.Storage;

/// <summary>How a log is opened.</summary>
internal enum RecoveryMode
{
    /// <summary>By the owner: the end is proven again before anything is served.</summary>
    Owner,

    /// <summary>For reading a log that nobody owns: every valid batch counts.</summary>
    ReadOnly,

    /// <summary>For reading while an owner writes: only what is below the watermark counts, and the end is in motion.</summary>
    ReadOnlyBesideOwner,
}

/// <summary>
/// Finds out what a folder holds. Everything is judged before anything is changed, and a repair that is killed at any point and
/// started again gives the same log.
/// </summary>
internal sealed class Recovery(IFileSystem fileSystem, FileLogSettings settings, RecoveryMode mode) : IRecordSink
{
    private readonly string _directory = settings.Directory;
    private readonly KeyIndex _index = new();
    private List<Segment> _segments = [];
    private List<string> _replaced = [];
    private readonly List<SegmentScan> _scans = [];
    private CleanMark? _clean;
    private long _records;
    private List<SpareFile> _spares = [];

    /// <summary>The index to be of the segment that was scanned last, and of the one before it.</summary>
    private SegmentIndexWriter _lastIndex = new();
    private SegmentIndexWriter _indexBefore = new();

    internal RecoveredLog Run()
    {
        try
        {
            (_segments, _replaced) = SegmentCatalog.Open(fileSystem, _directory);
            // Beside an owner the mark may be about to go.
            _clean = mode == RecoveryMode.ReadOnlyBesideOwner ? null : CleanMark.Read(fileSystem, _directory);
            foreach (var segment in _segments)
            {
                // The seal that a reader did not see may have come meanwhile, but what is behind it was not proven then.
                if (mode == RecoveryMode.ReadOnlyBesideOwner && _scans.Count > 0 && !_scans[^1].IsSealed) break;
                Scan(segment);
            }

            foreach (var unread in _segments.Skip(_scans.Count)) unread.Dispose();
            _segments.RemoveRange(_scans.Count, _segments.Count - _scans.Count);

            if (mode != RecoveryMode.ReadOnlyBesideOwner) JudgeEnd();
            return mode == RecoveryMode.Owner ? Repair() : Result(new TailRepair(fileSystem, _directory));
        }
        catch
        {
            foreach (var segment in _segments) segment.Dispose();
            throw;
        }
    }

    private void Scan(Segment segment)
    {
        var predecessor = _scans.Count == 0 ? null : _segments[_scans.Count - 1];
        var expected = (predecessor?.Header.Number ?? 0) + 1;
        if (segment.Header.FirstNumber != expected)
            throw new SegmentMissingException(
                Segment.PathOf(_directory, expected, 0), $"the segment after it is {Path.GetFileName(segment.Path)}");
        _index.Segments.Add(segment);
        if (segment.Header.PredecessorId != (predecessor?.Header.Id ?? UInt128.Zero))
            throw new SegmentCorruptException(segment.Path, 48, "the id of the segment before it");
        if (segment.Header.FirstPosition != (predecessor is null ? 1 : _scans[^1].NextPosition))
            throw new SegmentCorruptException(segment.Path, 64, "the position after the segment before it");
        // Only the successor's creation may come before a predecessor's seal, so the successor must be empty still.
        if (predecessor is not null && !_scans[^1].IsSealed && !segment.IsEmpty())
            throw new SegmentCorruptException(predecessor.Path, _scans[^1].End, _scans[^1].Damage ?? "a seal");

        (_indexBefore, _lastIndex) = (_lastIndex, new SegmentIndexWriter());
        var scan = SegmentIndexFile.TryRead(segment, this)
            ?? new SegmentReader(segment, this, mode == RecoveryMode.ReadOnlyBesideOwner).Scan();
        _scans.Add(scan);
        segment.IsSealed = scan.IsSealed;
        segment.End = scan.End;
        if (scan.Damage is not null && (scan.IsSealed || scan.HasLaterBatch))
            throw new SegmentCorruptException(segment.Path, scan.DamageOffset, scan.Damage);
    }

    /// <inheritdoc/>
    public void Take(Segment segment, in IndexEntry entry, ReadOnlySpan<byte> record)
    {
        if (!_index.TryLoad(segment, entry))
            throw new SegmentCorruptException(
                segment.Path, entry.Offset,
                $"a sequence number of '{SegmentFormat.StrictUtf8.GetString(entry.Id)}' above its highest");
        _lastIndex.Add(entry);
        _records++;
    }

    private void JudgeEnd()
    {
        if (_segments.Count == 0)
        {
            if (_clean is null && mode == RecoveryMode.Owner) return;
            if (_clean is null) throw new RootUnavailableException($"There is no journal at {_directory}.");
            throw new SegmentMissingException(
                Segment.PathOf(_directory, _clean.SegmentNumber, 0), "the log was closed in good order in it");
        }

        var (last, scan) = (_segments[^1], _scans[^1]);
        if (scan.IsSealed || scan.EndsWithIndex)
            throw new SegmentMissingException(Segment.PathOf(_directory, last.Header.Number + 1, 0), $"{last.Path} is sealed");
        if (_clean is not null) JudgeClean(_clean, last, scan);
        for (var i = 0; i < _segments.Count - 2; i++)
            if (!_scans[i].IsSealed) throw new SegmentCorruptException(_segments[i].Path, _scans[i].End, "a seal");
        if (_segments.Count < 2 || _scans[^2].IsSealed) return;

        // The records of a segment are durable before its successor is made, whose position says that none is missing: only the
        // index or the seal can be torn.
        var (before, beforeScan) = (_segments[^2], _scans[^2]);
        var unfinished = beforeScan.EndsWithIndex ? SegmentFormat.BatchHeaderSize : _indexBefore.Size;
        if (_clean is not null || beforeScan.Length - beforeScan.End > unfinished)
            throw new SegmentCorruptException(before.Path, beforeScan.DamageOffset, beforeScan.Damage ?? "a seal");
    }

    private void JudgeClean(CleanMark clean, Segment last, SegmentScan scan)
    {
        if (clean.SegmentNumber > last.Header.Number)
            throw new SegmentMissingException(
                Segment.PathOf(_directory, clean.SegmentNumber, 0), "the log was closed in good order in it");
        if (scan.Damage is not null) throw new SegmentCorruptException(last.Path, scan.DamageOffset, scan.Damage);
        if (clean.SegmentNumber < last.Header.Number || clean.End != scan.End)
            throw new SegmentCorruptException(
                last.Path, scan.End, $"the end at {clean.End} of segment {clean.SegmentNumber}, as when the log was closed");

        if (last.Header.Checksum.Of(last.Read(scan.LastBatchOffset, scan.End - scan.LastBatchOffset)) != clean.LastBatchChecksum)
            throw new SegmentCorruptException(last.Path, scan.LastBatchOffset, "the batch the log was closed with");
    }

    private RecoveredLog Repair()
    {
        SegmentCatalog.RemoveTemporaryFiles(fileSystem, _directory);
        _spares = SparePool.Adopt(fileSystem, _directory, settings.SpareSegments);
        var repair = new TailRepair(fileSystem, _directory);
        if (_segments.Count == 0)
        {
            DirectoryLock.SyncNames(fileSystem, _directory);
            var first = Segment.NewHeader(1, UInt128.Zero, firstPosition: 1, settings.NewSegmentId);
            _segments.Add(Segment.Create(fileSystem, _directory, first));
            _index.Segments.Add(_segments[0]);
            return Result(repair);
        }

        // A name seen may be one that a crash can still take back.
        fileSystem.SyncDirectory(_directory);
        foreach (var path in _replaced) fileSystem.Delete(path);
        var last = _segments[^1];
        if (_clean is null)
        {
            if (_segments.Count > 1 && _scans[^1].End == SegmentFormat.HeaderSize)
            {
                repair.SealPredecessor(_segments[^2], _scans[^2], _indexBefore);
                _segments[^2].IsSealed = true;
            }

            repair.ProveEnd(last, _scans[^1]);
        }
        else
        {
            last.ReopenForWriting(fileSystem);
        }

        CleanMark.Remove(fileSystem, _directory);
        return Result(repair);
    }

    private RecoveredLog Result(TailRepair repair)
    {
        var report = new RecoveryReport(
            _segments.Count, _records, _clean is not null, repair.RewrittenBytes, repair.TrimmedBytes, repair.TornFile);
        const int empty = SegmentFormat.HeaderSize;
        if (_scans.Count == 0)
            return new RecoveredLog(_index, _lastIndex, empty, empty, EndsWithRecords: false, NextPosition: 1, report) { Spares = _spares };

        var scan = _scans[^1];
        var endsWithRecords = scan.LastBatchKind == BatchKind.Records;
        return new RecoveredLog(
            _index, _lastIndex, scan.End, scan.LastBatchOffset, endsWithRecords, scan.NextPosition, report) { Spares = _spares };
    }
}
