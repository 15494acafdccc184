namespace RetainActors.Storage;

/// <summary>
/// Brings the unsealed end of a log in order. Bytes read after a crash may be in memory only, even when an earlier sync of them
/// failed, so they are written again and synced before they count.
/// </summary>
internal sealed class TailRepair(IFileSystem fileSystem, string directory)
{
    internal long RewrittenBytes { get; private set; }

    internal long TrimmedBytes { get; private set; }

    internal string? TornFile { get; private set; }

    /// <summary>Trims the torn end, if any, and proves everything behind the watermark.</summary>
    internal void ProveEnd(Segment segment, SegmentScan scan)
    {
        segment.ReopenForWriting(fileSystem);
        if (scan.Length > scan.End) Trim(segment, scan);

        // These may come from the disk now and from memory before, so they are judged again.
        var unproven = segment.Read(scan.Watermark, scan.End - scan.Watermark);
        if (!AreWholeBatches(unproven, segment.Header.Checksum))
            throw new SegmentCorruptException(segment.Path, scan.Watermark, "the batch that was read there a moment before");
        segment.File.Write(scan.Watermark, unproven);
        segment.File.Sync();
        RewrittenBytes += unproven.Length;
    }

    /// <summary>Finishes a segment change that a crash interrupted after the successor was made.</summary>
    internal void SealPredecessor(Segment segment, SegmentScan scan)
    {
        ProveEnd(segment, scan);
        if (scan.IsSealed) return;

        var seal = new byte[SegmentFormat.BatchHeaderSize];
        new BatchHeader(BatchKind.Seal, 0, 0, Watermark: scan.End, scan.NextPosition).Write(seal, segment.Header.Checksum);
        segment.File.Write(scan.End, seal);
        segment.File.Sync();
    }

    private static bool AreWholeBatches(ReadOnlySpan<byte> bytes, Checksum checksum)
    {
        while (!bytes.IsEmpty)
        {
            if (BatchHeader.Read(bytes, checksum, out var header) != Decoded.Ok) return false;
            bytes = bytes[SegmentFormat.BatchHeaderSize..];
            for (var count = 0; count < header.RecordCount; count++)
            {
                if (RecordDecoder.Read(bytes, checksum, out var record) != Decoded.Ok) return false;
                bytes = bytes[record.Size..];
            }
        }

        return true;
    }

    private void Trim(Segment segment, SegmentScan scan)
    {
        var torn = segment.Read(scan.End, scan.Length - scan.End);
        TornFile = PutAside(Path.GetFileName(segment.Path), torn);
        segment.File.SetLength(scan.End);
        segment.File.Sync();
        TrimmedBytes += torn.Length;
    }

    /// <summary>Keeps a durable copy; the same bytes put aside by a recovery that was killed are not kept twice.</summary>
    private string PutAside(string segmentName, byte[] torn)
    {
        for (var number = 1; ; number++)
        {
            var name = $"{segmentName}.torn-{number}";
            var path = Path.Combine(directory, name);
            try
            {
                using var existing = fileSystem.Open(path, FileOpening.Read);
                var bytes = new byte[Math.Min(existing.Length, torn.Length + 1L)];
                existing.Read(0, bytes);
                if (bytes.AsSpan().SequenceEqual(torn)) return path;
            }
            catch (FileSystemException failure) when (failure.Error == FileSystemError.NotFound)
            {
                DurableFile.Replace(fileSystem, directory, name, torn);
                return path;
            }
        }
    }
}
