namespace RetainActors.Storage;

/// <summary>Takes in a sealed segment by its index, without reading its records.</summary>
internal static class SegmentIndexFile
{
    /// <summary>Hands every entry on; null when the segment is not sealed or was sealed without an index.</summary>
    /// <exception cref="SegmentCorruptException">The seal says that there is an index, and it is damaged.</exception>
    internal static SegmentScan? TryRead(Segment segment, IRecordSink sink)
    {
        var length = segment.File.Length;
        var sealAt = length - SegmentFormat.BatchHeaderSize;
        if (sealAt < SegmentFormat.HeaderSize || ReadHeader(segment, sealAt) is not { Kind: BatchKind.Seal } seal) return null;

        // The watermark of a seal is where the index before it starts; without one it is the seal itself.
        var start = seal.Watermark;
        if (start == sealAt) return null;
        if (start < SegmentFormat.HeaderSize || start > sealAt - SegmentFormat.BatchHeaderSize)
            throw new SegmentCorruptException(segment.Path, sealAt, "a seal that says where the index starts");
        if (ReadHeader(segment, start) is not { Kind: BatchKind.Index } header
            || start + SegmentFormat.BatchHeaderSize + header.PayloadLength != sealAt)
            throw new SegmentCorruptException(segment.Path, start, "the index of the segment");

        var payload = segment.Read(start + SegmentFormat.BatchHeaderSize, header.PayloadLength);
        if (!SegmentIndexReader.IsWhole(payload, segment.Header.Checksum))
            throw new SegmentCorruptException(segment.Path, start + SegmentFormat.BatchHeaderSize, "an index with a valid checksum");

        HandOn(segment, sink, header, start, payload);
        return new SegmentScan(
            length, length, start, sealAt, BatchKind.Seal, seal.FirstPosition, Damage: null, length, HasLaterBatch: false);
    }

    private static void HandOn(Segment segment, IRecordSink sink, BatchHeader header, long start, byte[] payload)
    {
        var entries = new SegmentIndexReader(payload);
        var end = (long)SegmentFormat.HeaderSize;
        var count = 0;
        while (entries.TryNext(out var entry))
        {
            // The checksum holds, so this is no rot; but nothing read from a file is trusted as an offset.
            if (entry.Offset < end || entry.Size < SegmentFormat.RecordHeaderSize || entry.Offset + entry.Size > start) break;
            end = entry.Offset + entry.Size;
            count++;
            sink.Take(segment, entry, []);
        }

        if (!entries.IsAtEnd || count != header.RecordCount)
            throw new SegmentCorruptException(segment.Path, start, $"an index of {header.RecordCount} records");
    }

    private static BatchHeader? ReadHeader(Segment segment, long offset)
    {
        Span<byte> bytes = stackalloc byte[SegmentFormat.BatchHeaderSize];
        var read = segment.File.Read(offset, bytes);
        return BatchHeader.Read(bytes[..read], segment.Header.Checksum, out var header) switch
        {
            Decoded.Ok => header,
            Decoded.TooNew => throw new FormatTooNewException(segment.Path, offset, "a batch of a newer kind"),
            _ => null,
        };
    }
}
