namespace RetainActors.Storage;

/// <summary>Walks through the segments of a log in order and judges how they fit together.</summary>
internal sealed class LogWalk(
    IFileSystem fileSystem, string directory, InspectedFiles files, int? owner, Action<InspectedRecord>? onRecord,
    Action<LogFinding>? onFinding) : IInspectionTarget
{
    private readonly KeyIndex _index = new();
    private readonly Dictionary<Segment, (SegmentWalk Walk, long Records, long RecordBytes)> _walked = [];
    private readonly List<LogNote> _notes = [];
    private CleanMark? _clean;
    private long _findings;
    private long _records;
    private long _highestPosition;
    private long _segmentRecords;
    private long _segmentBytes;

    private bool IsBesideOwner => owner is not null;

    internal LogInspection Run(CancellationToken cancellationToken)
    {
        foreach (var finding in files.Findings) Report(finding);
        if (!IsBesideOwner) ReadCleanMark();
        if (files.Segments.Count == 0 && _clean is null && _findings == 0)
            throw new RootUnavailableException($"There is no journal at {directory}.");

        SegmentWalk? before = null;
        for (var i = 0; i < files.Segments.Count; i++)
        {
            var segment = files.Segments[i].Segment;
            if (segment is not null)
            {
                JudgeChain(i, segment, before);
                _index.Segments.Add(segment);
            }

            before = segment is null ? null : Walk(i, segment, cancellationToken);
        }

        JudgeEnd(before);
        foreach (var path in files.Replaced)
            Note(new LogNote(path, 0, "replaced by a compacted segment; the next opening deletes it"));
        return Result();
    }

    public void Take(Segment segment, in RecordView record, long offset)
    {
        var entry = IndexEntry.Of(record, offset);
        var id = onRecord is null ? "" : SegmentFormat.StrictUtf8.GetString(record.Id);
        if (!_index.TryLoad(segment, entry))
            Report(new LogFinding(
                StorageFailure.SegmentCorrupt, segment.Path, offset,
                $"a sequence number of '{SegmentFormat.StrictUtf8.GetString(record.Id)}' above its highest"));
        _records++;
        _segmentRecords++;
        _segmentBytes += record.Size;
        _highestPosition = Math.Max(_highestPosition, record.Position);
        onRecord?.Invoke(new InspectedRecord(
            segment.Path, offset, record.Position, id, record.SequenceNumber,
            record.Kind == RecordKind.Event ? InspectedKind.Event : InspectedKind.Deletion, entry.Highest,
            record.Kind == RecordKind.Event ? record.Payload.ToArray() : ReadOnlyMemory<byte>.Empty));
    }

    public void Report(LogFinding finding)
    {
        _findings++;
        onFinding?.Invoke(finding);
    }

    public void Note(LogNote note) => _notes.Add(note);

    private SegmentWalk? Walk(int i, Segment segment, CancellationToken cancellationToken)
    {
        (_segmentRecords, _segmentBytes) = (0, 0);
        SegmentWalk? walk = null;
        try
        {
            walk = new SegmentWalk(segment, this, IsBesideOwner, at => MayEndTorn(i, at));
            walk.Run(cancellationToken);
            return walk;
        }
        catch (FileSystemException failure)
        {
            Report(new LogFinding(
                StorageFailure.RootUnavailable, segment.Path, walk?.End ?? 0, $"readable bytes, but: {failure.Message}"));
            return null;
        }
        finally
        {
            if (walk is not null) _walked[segment] = (walk, _segmentRecords, _segmentBytes);
        }
    }

    /// <summary>Whether a segment may end unsealed here: the last one, and during a change of segments the one before it.</summary>
    private bool MayEndTorn(int i, SegmentWalk walk)
    {
        if (i == files.Segments.Count - 1) return _clean is null || walk.End >= walk.Length;
        if (i != files.Segments.Count - 2 || _clean is not null) return false;
        return files.Segments[i + 1].Segment is { } successor && successor.IsEmpty()
            && (IsBesideOwner || walk.Length - walk.End <= walk.UnfinishedSize);
    }

    private void JudgeChain(int i, Segment segment, SegmentWalk? before)
    {
        var previous = i == 0 ? null : files.Segments[i - 1].Segment;
        if (i > 0 && (previous is null || previous.Header.Number + 1 != segment.Header.FirstNumber)) return;
        if (i == 0 && segment.Header.FirstNumber != 1) return;

        if (segment.Header.PredecessorId != (previous?.Header.Id ?? UInt128.Zero))
            Report(new LogFinding(StorageFailure.SegmentCorrupt, segment.Path, 48, "the id of the segment before it"));
        if (i > 0 && (before is null || before.HasFindings)) return;
        if (segment.Header.FirstPosition != (before?.NextPosition ?? 1))
            Report(new LogFinding(StorageFailure.SegmentCorrupt, segment.Path, 64, "the position after the segment before it"));
    }

    private void ReadCleanMark()
    {
        try
        {
            _clean = CleanMark.Read(fileSystem, directory);
        }
        catch (SegmentCorruptException damage)
        {
            Report(new LogFinding(damage.Reason, damage.File, damage.Offset, damage.Expectation));
        }
        catch (FormatTooNewException)
        {
            Report(new LogFinding(
                StorageFailure.FormatTooNew, Path.Combine(directory, CleanMark.FileName), 8, "a mark that this version knows"));
        }
    }

    private void JudgeEnd(SegmentWalk? last)
    {
        var (number, generation, segment) = files.Segments.Count == 0 ? (0, 0, null) : files.Segments[^1];
        if (_clean is not null && _clean.SegmentNumber > number)
            Report(Missing(_clean.SegmentNumber, "the log was closed in good order in it"));
        if (last is null || segment is null) return;

        if (last.IsSealed || last.LastKind == BatchKind.Index)
        {
            if (IsBesideOwner) Note(new LogNote(segment.Path, last.End, "the owner went on in a new segment meanwhile"));
            else Report(Missing(number + 1, $"{segment.Path} is sealed"));
            return;
        }

        if (_clean is null || last.HasFindings || _clean.SegmentNumber > number) return;
        if (_clean.SegmentNumber < number || _clean.End != last.End)
            Report(new LogFinding(
                StorageFailure.SegmentCorrupt, segment.Path, last.End,
                $"the end at {_clean.End} of segment {_clean.SegmentNumber}, as when the log was closed"));
        else if (segment.Header.Checksum.Of(segment.Read(last.LastBatch, last.End - last.LastBatch)) != _clean.LastBatchChecksum)
            Report(new LogFinding(
                StorageFailure.SegmentCorrupt, segment.Path, last.LastBatch, "the batch the log was closed with"));
    }

    private LogFinding Missing(long number, string evidence) =>
        new(StorageFailure.SegmentMissing, Segment.PathOf(directory, number, 0), 0, evidence);

    private LogInspection Result()
    {
        var segments = files.Segments.Where(file => file.Segment is not null && _walked.ContainsKey(file.Segment)).Select(file =>
        {
            var (walk, records, bytes) = _walked[file.Segment!];
            return new InspectedSegment(
                file.Segment!.Path, file.Number, file.Segment.Header.FirstNumber, file.Generation, walk.Length, records, bytes,
                file.Segment.LiveBytes, walk.IsSealed);
        }).ToList();
        var others = files.Names
            .Where(name => name.Contains(".segment.torn-", StringComparison.Ordinal) || name.EndsWith(".tmp", StringComparison.Ordinal)
                || SparePool.IsName(name))
            .Order(StringComparer.Ordinal).Select(name => Path.Combine(directory, name)).Concat(files.Replaced)
            .Select(path => new InspectedFile(path, LengthOf(path))).ToList();
        return new LogInspection(
            directory, segments, others, _index.Count, _records, _highestPosition, _findings, _notes, _clean is not null, owner);
    }

    private long LengthOf(string path)
    {
        try
        {
            using var file = fileSystem.Open(path, FileOpening.Read);
            return file.Length;
        }
        catch (FileSystemException)
        {
            return 0;
        }
    }
}
