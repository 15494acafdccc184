namespace RetainActors.Storage;

/// <summary>
/// Rewrites sealed segments without what is deleted. A run of neighbours becomes one segment with the number and id of the last,
/// the next generation, and the original numbers and positions of its records. It gets its name when all of it is synced, the
/// old files go when that name is synced, and only then: whatever is killed in between, opening finds the same log.
/// </summary>
internal sealed class Compaction(
    IFileSystem fileSystem, FileLogSettings settings, CommitQueue queue, SegmentTable segments, SparePool spares,
    Func<bool> isStopping)
{
    private const int MovesPerPiece = 1024;

    internal long RewrittenSegments { get; private set; }

    internal long ReclaimedBytes { get; private set; }

    /// <summary>Rewrites one run of segments of which less than the share lives; false when there is none.</summary>
    internal bool RunOnce(double liveShare)
    {
        if (Pick(liveShare) is not { Count: > 0 } run) return false;

        var header = new SegmentHeader(
            run[^1].Header.Number, checked(run[^1].Header.Generation + 1), run[^1].Header.Id, run[0].Header.PredecessorId,
            run[0].Header.FirstPosition)
        {
            Merged = checked((uint)(run[^1].Header.Number - run[0].Header.FirstNumber)),
        };
        var temporary = Segment.PathOf(settings.Directory, header.Number, header.Generation) + ".tmp";
        var copy = new CompactedSegment(fileSystem, temporary, header, settings, queue, ThrowIfStopping);
        try
        {
            if (run.Any(source => !copy.TryTake(source)))
            {
                copy.Abandon();
                return true;
            }

            copy.Finish();
            Publish(run, copy.Publish(settings.Directory), copy);
            return true;
        }
        catch
        {
            copy.Abandon();
            throw;
        }
    }

    internal void ThrowIfStopping()
    {
        queue.ThrowIfUnusable();
        if (isStopping()) throw new LogClosedException(settings.Directory);
    }

    private List<Segment> Pick(double liveShare)
    {
        List<Segment> run = [];
        queue.UnderLock(_ =>
        {
            var all = segments.InOrder;
            var loads = all.Select(segment => new SegmentLoad(
                segment is { IsSealed: true, Damage: null }, segment.LiveBytes, segment.RecordBytes)).ToArray();
            var (start, count) = CompactionPlan.FirstRun(loads, 0, liveShare, settings.SegmentSizeBytes);
            run.AddRange(all.Skip(start).Take(count));
        });
        return run;
    }

    private void Publish(List<Segment> run, Segment compacted, CompactedSegment copy)
    {
        segments.Prepare(compacted);
        using (var moves = copy.Moves(compacted).GetEnumerator())
        {
            var more = true;
            while (more)
            {
                queue.UnderLock(index =>
                {
                    for (var i = 0; i < MovesPerPiece && (more = moves.MoveNext()); i++)
                    {
                        var (id, kind, number, from, to) = moves.Current;
                        index.Move(id.Span, kind, number, from, to);
                    }
                });
            }
        }

        var lengths = run.Select(segment => segment.File.Length).ToArray();
        queue.UnderLock(_ => segments.Replace(run, compacted));
        RewrittenSegments += run.Count;
        ReclaimedBytes += lengths.Sum() - compacted.File.Length;
        for (var i = 0; i < run.Count; i++)
        {
            // A reader that still has it looks its records up again.
            run[i].Dispose();
            spares.Add(run[i].Path, lengths[i]);
        }
    }
}
