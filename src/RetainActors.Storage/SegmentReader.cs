using System.Buffers.Binary;
using System.Text.Unicode;

namespace RetainActors.Storage;

/// <summary>Reads a segment from its start, batch by batch, and hands valid records on.</summary>
internal sealed class SegmentReader(Segment segment, IRecordSink sink, bool onlyProven, SegmentWindow? window = null)
{
    private readonly SegmentWindow _window = window ?? new SegmentWindow(segment.File);
    private long _end = SegmentFormat.HeaderSize;
    private long _watermark = SegmentFormat.HeaderSize;
    private long _lastBatch = SegmentFormat.HeaderSize;
    private long _nextPosition = segment.Header.FirstPosition;
    private BatchKind? _lastKind;
    private (string Expectation, long Offset)? _damage;

    internal SegmentScan Scan()
    {
        ReadBatches();
        var later = HasLaterBatch();
        while (later && onlyProven)
        {
            // The owner goes on writing: a later batch proves that this one is complete by now, so look again.
            var before = _end;
            _window.Refresh();
            ReadBatches();
            later = HasLaterBatch();
            if (_end == before) break;
        }

        if (onlyProven) HandOnProven();
        return new SegmentScan(
            _end, _window.Length, _watermark, _lastBatch, _lastKind, _nextPosition, _damage?.Expectation, _damage?.Offset ?? _end,
            later);
    }

    private void ReadBatches()
    {
        _damage = null;
        while (_end < _window.Length && _damage is null)
        {
            if (_lastKind == BatchKind.Seal) _damage = ("the end of the file after the seal", _end);
            else ReadBatch();
        }
    }

    private void ReadBatch()
    {
        switch (BatchHeader.Read(_window.At(_end, SegmentFormat.BatchHeaderSize), segment.Header.Checksum, out var header))
        {
            case Decoded.Damaged:
                _damage = ("a batch header", _end);
                return;
            case Decoded.TooNew:
                throw new FormatTooNewException(segment.Path, _end, "a batch of a newer kind");
        }

        var start = _end + SegmentFormat.BatchHeaderSize;
        if (header.PayloadLength < 0 || header.PayloadLength > _window.Length - start)
        {
            _damage = ($"a batch of {header.PayloadLength} bytes", _end);
            return;
        }

        // No torn write has a checksum that holds and yet contradicts what is before it.
        if (header.Watermark < _watermark || header.Watermark > _end)
            throw new SegmentCorruptException(segment.Path, _end, $"a watermark from {_watermark} to {_end}");
        if (!IsNext(header.FirstPosition, _nextPosition))
            throw new SegmentCorruptException(segment.Path, _end, $"position {_nextPosition}");
        if (_lastKind == BatchKind.Index && header.Kind != BatchKind.Seal)
            throw new SegmentCorruptException(segment.Path, _end, "a seal after the index");

        var payload = _window.At(start, header.PayloadLength);
        var next = header.FirstPosition;
        if (header.Kind != BatchKind.Index) Check(payload, header, start, ref next);
        else if (!SegmentIndexReader.IsWhole(payload, segment.Header.Checksum)) _damage = ("an index with a valid checksum", start);
        if (_damage is not null) return;

        if (!onlyProven && header.Kind == BatchKind.Records) HandOn(payload, start);
        _watermark = header.Watermark;
        _lastBatch = _end;
        _end = start + header.PayloadLength;
        _nextPosition = next;
        _lastKind = header.Kind;
    }

    /// <summary>Every record of a batch, before any of them counts.</summary>
    private void Check(ReadOnlySpan<byte> rest, BatchHeader header, long start, ref long next)
    {
        var end = start + rest.Length;
        for (var count = 0; count < header.RecordCount; count++)
        {
            switch (RecordDecoder.Read(rest, segment.Header.Checksum, out var record))
            {
                case Decoded.TooNew:
                    throw new FormatTooNewException(segment.Path, end - rest.Length, "a record of a newer kind");
                case Decoded.Ok when IsNext(record.Position, next) && !record.Id.IsEmpty && Utf8.IsValid(record.Id):
                    next = record.Position + 1;
                    rest = rest[record.Size..];
                    break;
                default:
                    _damage = ($"a record at position {next}", end - rest.Length);
                    return;
            }
        }

        if (rest.Length != 0 || header.RecordCount < 0)
            _damage = ($"{header.RecordCount} records in {end - start} bytes", end - rest.Length);
    }

    /// <summary>Compaction leaves positions out; a segment that was never compacted has them all.</summary>
    private bool IsNext(long position, long expected) =>
        segment.Header.Generation == 0 ? position == expected : position >= expected;

    private void HandOn(ReadOnlySpan<byte> records, long start)
    {
        var end = start + records.Length;
        while (!records.IsEmpty)
        {
            var record = RecordDecoder.ReadUnchecked(records);
            sink.Take(segment, IndexEntry.Of(record, end - records.Length), records[..record.Size]);
            records = records[record.Size..];
        }
    }

    private void HandOnProven()
    {
        // Positions that are not proven are not counted either.
        _nextPosition = segment.Header.FirstPosition;
        for (var at = (long)SegmentFormat.HeaderSize; at < _watermark;)
        {
            if (BatchHeader.Read(_window.At(at, SegmentFormat.BatchHeaderSize), segment.Header.Checksum, out var header) != Decoded.Ok)
                throw new SegmentCorruptException(segment.Path, at, "the batch that was read there a moment before");
            at += SegmentFormat.BatchHeaderSize;
            _nextPosition = header.FirstPosition;
            if (header.Kind == BatchKind.Records) HandOnAgain(header, at);
            at += header.PayloadLength;
        }
    }

    /// <summary>The bytes come from the file once more, so they are checked once more.</summary>
    private void HandOnAgain(BatchHeader header, long start)
    {
        var payload = _window.At(start, header.PayloadLength);
        var next = header.FirstPosition;
        if (payload.Length == header.PayloadLength) Check(payload, header, start, ref next);
        if (payload.Length != header.PayloadLength || _damage?.Offset >= start && _damage?.Offset < start + header.PayloadLength)
            throw new SegmentCorruptException(segment.Path, start, "the batch that was read there a moment before");
        HandOn(payload, start);
        _nextPosition = next;
    }

    private bool HasLaterBatch()
    {
        if (_damage is null) return false;

        // Only headers of this very segment validate, and batches start at multiples of 8.
        var last = _window.Length - SegmentFormat.BatchHeaderSize;
        for (var at = _end + SegmentFormat.Alignment; at <= last; at += SegmentFormat.Alignment)
        {
            var bytes = _window.At(at, SegmentFormat.BatchHeaderSize);
            if (BinaryPrimitives.ReadUInt32LittleEndian(bytes) == SegmentFormat.BatchMagic
                && BatchHeader.Read(bytes, segment.Header.Checksum, out _) != Decoded.Damaged)
                return true;
        }

        return false;
    }
}
