namespace RetainActors.Storage;

/// <summary>Reads sealed segments to the last byte and marks the damaged ones, which then are never compacted.</summary>
/// <param name="queue">Guards the segments.</param>
/// <param name="segments">The open segments.</param>
/// <param name="time">When a scrub ended.</param>
/// <param name="throwIfStopping">Asked after every piece that was read.</param>
internal sealed class Scrub(CommitQueue queue, SegmentTable segments, TimeProvider time, Action throwIfStopping) : IRecordSink
{
    private Queue<Segment>? _left;

    internal ScrubReport Report { get; private set; } = new(0, LastFinished: null);

    /// <summary>A whole scrub at once.</summary>
    internal void Run()
    {
        foreach (var segment in Sealed()) Check(segment, pace: null);
        Finish();
    }

    /// <summary>Reads the next segment of a scrub in steps, and begins one when there is none; false when it ended.</summary>
    /// <param name="pace">Called after every piece with its size, to wait for as long as it likes.</param>
    internal bool Step(Action<int> pace)
    {
        _left ??= new Queue<Segment>(Sealed());
        while (_left.TryDequeue(out var segment))
        {
            // Compacted meanwhile: the next scrub reads what took its place.
            if (!segments.InOrder.Contains(segment)) continue;
            Check(segment, pace);
            return true;
        }

        _left = null;
        Finish();
        return false;
    }

    /// <inheritdoc/>
    public void Take(Segment segment, in IndexEntry entry, ReadOnlySpan<byte> record)
    {
        // Only whether it can be read counts.
    }

    private Segment[] Sealed()
    {
        Segment[] found = [];
        queue.UnderLock(_ => found = segments.InOrder.Where(segment => segment.IsSealed).ToArray());
        return found;
    }

    private void Finish() => Report = new ScrubReport(Report.Scrubs + 1, time.GetUtcNow());

    private void Check(Segment segment, Action<int>? pace)
    {
        throwIfStopping();
        segment.Damage ??= Read(segment, bytes =>
        {
            throwIfStopping();
            pace?.Invoke(bytes);
        });
    }

    private SegmentCorruptException? Read(Segment segment, Action<int> onRead)
    {
        try
        {
            var window = new SegmentWindow(segment.File) { OnRead = onRead };
            var scan = new SegmentReader(segment, this, onlyProven: false, window).Scan();
            return scan is { IsSealed: true, Damage: null }
                ? null
                : new SegmentCorruptException(segment.Path, scan.DamageOffset, scan.Damage ?? "a seal");
        }
        catch (SegmentCorruptException damage)
        {
            return damage;
        }
        catch (FileSystemException failure) when (failure.Operation is FileOperation.Read or FileOperation.Inspect)
        {
            return new SegmentCorruptException(segment.Path, 0, $"a readable segment, but: {failure.Message}");
        }
    }
}
