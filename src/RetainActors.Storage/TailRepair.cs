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

        var unproven = new byte[scan.End - scan.Watermark];
        segment.File.Read(scan.Watermark, unproven);
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

    private void Trim(Segment segment, SegmentScan scan)
    {
        var torn = new byte[scan.Length - scan.End];
        segment.File.Read(scan.End, torn);
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
