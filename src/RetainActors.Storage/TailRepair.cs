namespace RetainActors.Storage;

/// <summary>
/// Brings the unsealed end of a log in order. Bytes read after a crash may be in memory only, even when an earlier sync of them
/// failed, so they are written again and synced before they count.
/// </summary>
internal sealed class TailRepair(IFileSystem fileSystem, string directory)
{
    private const int ChunkSize = 1 << 20;
    private const int MaxTornSize = 4 << 20;

    internal long RewrittenBytes { get; private set; }

    internal long TrimmedBytes { get; private set; }

    internal string? TornFile { get; private set; }

    /// <summary>Trims the torn end, if any, and proves everything behind the watermark, then the length.</summary>
    internal void ProveEnd(Segment segment, SegmentScan scan)
    {
        segment.ReopenForWriting(fileSystem);
        var isTorn = scan.Length > scan.End;
        if (isTorn) Trim(segment, scan);

        for (var at = scan.Watermark; at < scan.End;) at += Rewrite(segment, at);
        segment.File.Sync();
        // A cut that a failed sync lost before there was a seal shows in memory only.
        if (!isTorn && !scan.IsSealed) ProveLength(segment, scan.End);
    }

    /// <summary>Finishes a segment change that a crash interrupted after the successor was made.</summary>
    internal void SealPredecessor(Segment segment, SegmentScan scan, SegmentIndexWriter index)
    {
        ProveEnd(segment, scan);
        if (scan.IsSealed) return;

        var (indexStart, end) = (scan.LastBatchOffset, scan.End);
        if (!scan.EndsWithIndex)
        {
            indexStart = scan.End;
            end = scan.End + index.Size;
            segment.File.Write(indexStart, index.Finish(segment.Header.Checksum, indexStart, scan.NextPosition));
            segment.File.Sync();
        }

        var seal = new byte[SegmentFormat.BatchHeaderSize];
        new BatchHeader(BatchKind.Seal, 0, 0, Watermark: indexStart, scan.NextPosition).Write(seal, segment.Header.Checksum);
        segment.File.Write(end, seal);
        segment.File.Sync();
    }

    /// <summary>Writes the batch at the offset again and returns its size.</summary>
    private long Rewrite(Segment segment, long offset)
    {
        var checksum = segment.Header.Checksum;
        if (BatchHeader.Read(segment.Read(offset, SegmentFormat.BatchHeaderSize), checksum, out var header) == Decoded.Ok)
        {
            var batch = segment.Read(offset, (long)SegmentFormat.BatchHeaderSize + header.PayloadLength);
            var payload = batch.AsSpan(SegmentFormat.BatchHeaderSize);
            var isWhole = header.Kind == BatchKind.Index
                ? SegmentIndexReader.IsWhole(payload, checksum)
                : AreWhole(payload, header.RecordCount, checksum);
            if (isWhole)
            {
                segment.File.Write(offset, batch);
                RewrittenBytes += batch.Length;
                return batch.Length;
            }
        }

        // The scan may have read it from memory and this from the disk.
        throw new SegmentCorruptException(segment.Path, offset, "the batch that was read there a moment before");
    }

    private static bool AreWhole(ReadOnlySpan<byte> records, int count, Checksum checksum)
    {
        for (; count > 0; count--)
        {
            if (RecordDecoder.Read(records, checksum, out var record) != Decoded.Ok) return false;
            records = records[record.Size..];
        }

        return records.IsEmpty;
    }

    /// <summary>
    /// Sets the length again, by way of another one, because setting what is there changes nothing: the file would be longer
    /// after a power cut. What is before the end is durable by now, so that a cut in here leaves one byte to trim and no gap.
    /// </summary>
    private static void ProveLength(Segment segment, long end)
    {
        segment.File.SetLength(end + 1);
        segment.File.SetLength(end);
        segment.File.Sync();
    }

    private void Trim(Segment segment, SegmentScan scan)
    {
        TornFile = PutAside(segment, scan.End, TornSize(segment, scan));
        // Synced with what is written again; a cut that a crash takes back is made again.
        segment.File.SetLength(scan.End);
        TrimmedBytes += scan.Length - scan.End;
    }

    /// <summary>
    /// How much of the end is worth a copy: the unfinished batch when its header is whole, otherwise the beginning. Behind it may
    /// be no more than what the file held before it became this segment.
    /// </summary>
    private static long TornSize(Segment segment, SegmentScan scan)
    {
        var rest = scan.Length - scan.End;
        var bytes = segment.Read(scan.End, Math.Min(rest, SegmentFormat.BatchHeaderSize));
        return BatchHeader.Read(bytes, segment.Header.Checksum, out var header) == Decoded.Ok && header.PayloadLength >= 0
            ? Math.Min(rest, SegmentFormat.BatchHeaderSize + (long)header.PayloadLength)
            : Math.Min(rest, MaxTornSize);
    }

    /// <summary>Keeps a durable copy; the same bytes put aside by a recovery that was killed are not kept twice.</summary>
    private string PutAside(Segment segment, long start, long length)
    {
        for (var number = 1; ; number++)
        {
            var name = $"{Path.GetFileName(segment.Path)}.torn-{number}";
            var path = Path.Combine(directory, name);
            try
            {
                using var existing = fileSystem.Open(path, FileOpening.Read);
                if (existing.Length == length && Chunks(segment, start, length).All(chunk => HoldsChunk(existing, chunk)))
                    return path;
            }
            catch (FileSystemException failure) when (failure.Error == FileSystemError.NotFound)
            {
                DurableFile.Replace(fileSystem, directory, name, copy =>
                {
                    foreach (var (offset, bytes) in Chunks(segment, start, length)) copy.Write(offset, bytes);
                });
                return path;
            }
        }
    }

    private static bool HoldsChunk(IStorageFile file, (long Offset, byte[] Bytes) chunk)
    {
        var bytes = new byte[chunk.Bytes.Length];
        return file.Read(chunk.Offset, bytes) == bytes.Length && bytes.AsSpan().SequenceEqual(chunk.Bytes);
    }

    /// <summary>The bytes piece by piece, since a torn end may be of any length.</summary>
    private static IEnumerable<(long Offset, byte[] Bytes)> Chunks(Segment segment, long start, long length)
    {
        for (long offset = 0; offset < length; offset += ChunkSize)
            yield return (offset, segment.Read(start + offset, Math.Min(ChunkSize, length - offset)));
    }
}
