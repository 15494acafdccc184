using System.Buffers.Binary;

namespace RetainActors.Storage;

/// <summary>Finds a batch by position without walking through all before it, since positions ascend with the offsets.</summary>
internal static class BatchSearch
{
    /// <summary>Below this many bytes walking is as fast.</summary>
    private const int CloseEnough = 256 * 1024;

    /// <summary>
    /// The offset of a batch at or before the record at the position. The start of the first batch is always right, so what
    /// cannot be read only costs time.
    /// </summary>
    internal static long Find(Segment segment, SegmentWindow window, long position)
    {
        long low = SegmentFormat.HeaderSize, high = segment.IsSealed ? window.Length : Math.Min(window.Length, segment.End);
        while (high - low > CloseEnough)
        {
            var middle = (low + ((high - low) / 2)) & ~(long)(SegmentFormat.Alignment - 1);
            if (NextBatch(segment, window, middle, high) is { } batch && batch.FirstPosition <= position) low = batch.Offset;
            else high = middle;
        }

        return low;
    }

    private static (long Offset, long FirstPosition)? NextBatch(Segment segment, SegmentWindow window, long from, long to)
    {
        for (var at = from; at < to && at + SegmentFormat.BatchHeaderSize <= window.Length; at += SegmentFormat.Alignment)
        {
            var bytes = window.At(at, SegmentFormat.BatchHeaderSize);
            // The watermark of records is their own offset: a payload may hold a copy of a header, but not of the one there.
            if (BinaryPrimitives.ReadUInt32LittleEndian(bytes) == SegmentFormat.BatchMagic
                && BatchHeader.Read(bytes, segment.Header.Checksum, out var header) == Decoded.Ok
                && header.Kind == BatchKind.Records && header.Watermark == at)
                return (at, header.FirstPosition);
        }

        return null;
    }
}
