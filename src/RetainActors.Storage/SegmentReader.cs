using System.Buffers.Binary;
using System.Text;

namespace RetainActors.Storage;

/// <summary>Reads a segment from its start, batch by batch, and hands valid records on.</summary>
internal sealed class SegmentReader(Segment segment, KeyIndex index, bool onlyProven)
{
    private readonly SegmentWindow _window = new(segment.File);
    private readonly List<ScannedRecord> _waiting = [];
    private long _end = SegmentFormat.HeaderSize;
    private long _watermark = SegmentFormat.HeaderSize;
    private long _lastBatch = SegmentFormat.HeaderSize;
    private long _nextPosition = segment.Header.FirstPosition;
    private BatchKind? _lastKind;
    private (string Expectation, long Offset)? _damage;

    /// <summary>Valid records handed to the index.</summary>
    internal long Records { get; private set; }

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

        var payloadStart = _end + SegmentFormat.BatchHeaderSize;
        if (header.PayloadLength < 0 || header.PayloadLength > _window.Length - payloadStart)
            _damage = ($"a batch of {header.PayloadLength} bytes", _end);
        // No torn write has a checksum that holds and yet contradicts what is before it.
        else if (header.Watermark < _watermark || header.Watermark > _end)
            throw new SegmentCorruptException(segment.Path, _end, $"a watermark from {_watermark} to {_end}");
        else if (header.FirstPosition != _nextPosition)
            throw new SegmentCorruptException(segment.Path, _end, $"position {_nextPosition}");
        else
            ReadRecords(header, payloadStart);
    }

    private void ReadRecords(BatchHeader header, long start)
    {
        var rest = _window.At(start, header.PayloadLength);
        var batchEnd = start + header.PayloadLength;
        var first = _waiting.Count;
        for (var count = 0; count < header.RecordCount && _damage is null; count++)
        {
            var offset = batchEnd - rest.Length;
            switch (RecordDecoder.Read(rest, segment.Header.Checksum, out var record))
            {
                case Decoded.TooNew:
                    throw new FormatTooNewException(segment.Path, offset, "a record of a newer kind");
                case Decoded.Ok when record.Position == header.FirstPosition + count
                    && Describe(record, offset, batchEnd) is { } scanned:
                    _waiting.Add(scanned);
                    rest = rest[record.Size..];
                    break;
                default:
                    _damage = ($"a record at position {header.FirstPosition + count}", offset);
                    break;
            }
        }

        if (_damage is null && (rest.Length != 0 || header.RecordCount < 0))
            _damage = ($"{header.RecordCount} records in {header.PayloadLength} bytes", batchEnd - rest.Length);
        if (_damage is not null)
        {
            _waiting.RemoveRange(first, _waiting.Count - first);
            return;
        }

        _watermark = header.Watermark;
        _lastBatch = _end;
        _end = batchEnd;
        _nextPosition = header.FirstPosition + header.RecordCount;
        _lastKind = header.Kind;
        HandOn(onlyProven ? _watermark : _end);
    }

    private ScannedRecord? Describe(in RecordView record, long offset, long batchEnd)
    {
        if (record.Id.IsEmpty) return null;

        string id;
        try
        {
            id = index.TextOf(record.Id);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }

        var highest = record.Kind == RecordKind.Deletion
            ? BinaryPrimitives.ReadInt64LittleEndian(record.Payload)
            : record.SequenceNumber;
        return new ScannedRecord(
            record.Kind, id, highest, new RecordLocation(record.SequenceNumber, segment, offset, record.Size), batchEnd);
    }

    private void HandOn(long proven)
    {
        var count = 0;
        while (count < _waiting.Count && _waiting[count].BatchEnd <= proven)
        {
            var record = _waiting[count++];
            if (!index.TryLoad(record))
                throw new SegmentCorruptException(
                    segment.Path, record.Location.Offset, $"a sequence number of '{record.Id}' above its highest");
            Records++;
        }

        _waiting.RemoveRange(0, count);
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
