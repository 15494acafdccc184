using System.Buffers.Binary;
using System.Text.Unicode;

namespace RetainActors.Storage;

/// <summary>Finds whole records behind damage, and names what was lost there.</summary>
internal sealed class SegmentSalvage(Segment segment)
{
    /// <summary>Hostile bytes can claim a long record at every place; this bounds the work that their checksums cost.</summary>
    private const int ReadsPerByte = 16;

    /// <summary>Beyond this many the places are named, but no longer whose records were there.</summary>
    private const int MaxLosses = 1 << 16;

    private readonly List<(long Start, long End, string Expectation)> _losses = [];
    private readonly List<LogFinding> _named = [];
    private readonly HashSet<int> _namedLosses = [];
    private long _budget = ReadsPerByte * Math.Max(segment.File.Length, 1 << 20);

    internal bool HasLosses => _losses.Count > 0;

    /// <summary>Whether a whole record that can belong here starts with the bytes.</summary>
    internal bool TryRead(ReadOnlySpan<byte> bytes, long nextPosition, out RecordView record)
    {
        record = default;
        if (bytes.Length < SegmentFormat.RecordHeaderSize || _budget <= 0) return false;

        // Cheap signs first: a record of an earlier position, or of one that cannot be reached in so few bytes, is none.
        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]);
        var position = BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]);
        if (length < SegmentFormat.RecordHeaderSize || length > bytes.Length || position < nextPosition) return false;
        if (segment.Header.Generation == 0 && position - nextPosition > segment.File.Length / SegmentFormat.RecordHeaderSize) return false;

        _budget -= length;
        return RecordDecoder.Read(bytes, segment.Header.Checksum, out record) == Decoded.Ok
            && !record.Id.IsEmpty && Utf8.IsValid(record.Id);
    }

    internal void Lose(long start, long end, string expectation)
    {
        if (_losses.Count < MaxLosses) _losses.Add((start, end, expectation));
        else _losses[^1] = (_losses[^1].Start, end, "whole records");
    }

    /// <summary>Looks up in the index which records lay in the lost places.</summary>
    internal void NameBy(ReadOnlySpan<byte> index)
    {
        var entries = new SegmentIndexReader(index);
        var at = 0;
        while (entries.TryNext(out var entry))
        {
            while (at < _losses.Count && _losses[at].End <= entry.Offset) at++;
            if (at == _losses.Count) break;
            if (entry.Offset + entry.Size <= _losses[at].Start) continue;

            var id = SegmentFormat.StrictUtf8.GetString(entry.Id);
            _namedLosses.Add(at);
            _named.Add(new LogFinding(
                StorageFailure.SegmentCorrupt, segment.Path, entry.Offset,
                $"{(entry.Kind == RecordKind.Event ? "record" : "deletion up to")} {entry.SequenceNumber} of '{id}'", id,
                entry.SequenceNumber));
        }
    }

    internal IEnumerable<LogFinding> Findings() => _named
        .Concat(_losses.Where((_, i) => !_namedLosses.Contains(i)).Select(loss => new LogFinding(
            StorageFailure.SegmentCorrupt, segment.Path, loss.Start, loss.Expectation)))
        .OrderBy(finding => finding.Offset);
}
