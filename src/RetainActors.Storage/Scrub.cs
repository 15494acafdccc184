namespace RetainActors.Storage;

/// <summary>Reads sealed segments to the last byte and marks the damaged ones, which then are never compacted.</summary>
internal sealed class Scrub(CommitQueue queue, SegmentTable segments, Action throwIfStopping) : IRecordSink
{
    private int _records;

    internal void Run()
    {
        Segment[] found = [];
        queue.UnderLock(_ => found = segments.InOrder.Where(segment => segment.IsSealed).ToArray());
        foreach (var segment in found) segment.Damage ??= Check(segment);
    }

    /// <inheritdoc/>
    public void Take(Segment segment, in IndexEntry entry, ReadOnlySpan<byte> record)
    {
        // Often enough to stop soon, and seldom enough to cost nothing.
        if (++_records % 256 == 0) throwIfStopping();
    }

    private SegmentCorruptException? Check(Segment segment)
    {
        throwIfStopping();
        try
        {
            var scan = new SegmentReader(segment, this, onlyProven: false).Scan();
            return scan is { IsSealed: true, Damage: null }
                ? null
                : new SegmentCorruptException(segment.Path, scan.DamageOffset, scan.Damage ?? "a seal");
        }
        catch (SegmentCorruptException damage)
        {
            return damage;
        }
        catch (FileSystemException failure) when (failure.Operation == FileOperation.Read)
        {
            return new SegmentCorruptException(segment.Path, 0, $"a readable segment, but: {failure.Message}");
        }
    }
}
