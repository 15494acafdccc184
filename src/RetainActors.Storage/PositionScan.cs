namespace RetainActors.Storage;

/// <summary>
/// Reads the live records of all ids in the order of their positions, beside appends and compaction, and holds no more than one
/// window of a file and the places in one segment. A segment that compaction replaces meanwhile is left for the one that took its
/// place, at the same position: so no record is left out and none is given twice.
/// </summary>
/// <param name="queue">Says which records live.</param>
/// <param name="segments">The open segments.</param>
/// <param name="after">The position after which to begin.</param>
/// <param name="to">The last position to read; it must be durable already.</param>
internal sealed class PositionScan(CommitQueue queue, SegmentTable segments, long after, long to) : IRecordSink
{
    private readonly Queue<(long Offset, int Size)> _places = new();
    private long _next = after + 1;
    private Segment? _segment;
    private SegmentWindow? _window;

    /// <summary>The first position behind the segment.</summary>
    private long _boundary;

    /// <summary>Where the next batch of the segment is; null when all its places are known.</summary>
    private long? _batch;

    /// <summary>Places before it are left out.</summary>
    private long _start;

    internal IEnumerable<LogRecord> Read()
    {
        while (TryNext(out var record))
            if (record is not null) yield return record;
    }

    /// <inheritdoc/>
    public void Take(Segment segment, in IndexEntry entry, ReadOnlySpan<byte> record)
    {
        if (entry.Kind == RecordKind.Event && entry.Offset >= _start && queue.HasEvent(entry.Id, entry.SequenceNumber))
            _places.Enqueue((entry.Offset, entry.Size));
    }

    /// <summary>Goes one step on: false at the end; without a record when there is more to look at.</summary>
    private bool TryNext(out LogRecord? record)
    {
        record = null;
        if (_next > to) return false;
        queue.ThrowIfUnusable();
        try
        {
            if (_segment is null) Enter();
            else if (_places.TryDequeue(out var place)) record = ReadAt(place.Offset, place.Size);
            else if (_batch is { } batch) TakeBatch(batch);
            else Leave();
        }
        catch (ObjectDisposedException)
        {
            // Closed, which the next step says, or compacted: then the same positions are in another segment.
            (_segment, _batch) = (null, null);
            _places.Clear();
        }
        catch (FileSystemException failure) when (failure.Operation is FileOperation.Read or FileOperation.Inspect)
        {
            throw new SegmentCorruptException(_segment!.Path, _start, $"readable records, but: {failure.Message}");
        }

        return true;
    }

    private void Enter()
    {
        var all = segments.InOrder;
        var i = all.Count - 1;
        while (i > 0 && all[i].Header.FirstPosition > _next) i--;
        _boundary = i == all.Count - 1 ? long.MaxValue : all[i + 1].Header.FirstPosition;
        _segment = all[i];
        _window = new SegmentWindow(_segment.File);
        _start = BatchSearch.Find(_segment, _window, _next);
        // The active segment has no index yet, and very old ones never got one.
        _batch = SegmentIndexFile.TryRead(_segment, this) is null ? _start : null;
    }

    private void Leave()
    {
        _next = Math.Max(_next, _boundary);
        _segment = null;
    }

    /// <summary>The record at the place; null when it is not one of the wanted positions.</summary>
    private LogRecord? ReadAt(long offset, int size)
    {
        if (RecordDecoder.Read(_window!.At(offset, size), _segment!.Header.Checksum, out var record) != Decoded.Ok)
            throw new SegmentCorruptException(_segment.Path, offset, "a record");
        if (record.Position < _next) return null;
        _next = record.Position + 1;
        return record.Position > to
            ? null
            : new LogRecord(
                SegmentFormat.StrictUtf8.GetString(record.Id), record.SequenceNumber, record.Position, record.Payload.ToArray());
    }

    /// <summary>Notes what lives in a batch. All up to the last position wanted was durable before, so it must be whole.</summary>
    private void TakeBatch(long offset)
    {
        if (BatchHeader.Read(_window!.At(offset, SegmentFormat.BatchHeaderSize), _segment!.Header.Checksum, out var header) != Decoded.Ok
            || header.PayloadLength < 0)
            throw new SegmentCorruptException(_segment.Path, offset, "a batch header");

        var start = offset + SegmentFormat.BatchHeaderSize;
        _batch = start + header.PayloadLength;
        var isLast = header.Kind is BatchKind.Index or BatchKind.Seal || header.FirstPosition + header.RecordCount > to;
        if (isLast) _batch = null;
        if (header.Kind != BatchKind.Records) return;

        var rest = _window.At(start, header.PayloadLength);
        for (var count = header.RecordCount; count > 0; count--)
        {
            var at = start + header.PayloadLength - rest.Length;
            if (RecordDecoder.Read(rest, _segment.Header.Checksum, out var record) != Decoded.Ok)
                throw new SegmentCorruptException(_segment.Path, at, "a record");
            Take(_segment, IndexEntry.Of(record, at), rest[..record.Size]);
            rest = rest[record.Size..];
        }
    }
}
