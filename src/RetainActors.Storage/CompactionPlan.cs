namespace RetainActors.Storage;

/// <summary>Which segments compaction rewrites: the decision alone, for compaction and for whoever asks what it would do.</summary>
public static class CompactionPlan
{
    /// <summary>
    /// The runs of neighbouring segments that <see cref="FileLog.CompactAsync"/> would rewrite, each into one segment, if nothing
    /// were appended or deleted meanwhile. It wins at least the bytes of their records that are not live.
    /// </summary>
    /// <param name="segments">All segments of a log, in order.</param>
    /// <param name="isDamaged">Which ones have damage; they are never rewritten.</param>
    /// <param name="liveShare">Below which share of live record bytes a segment is rewritten, from 0 to 1.</param>
    /// <param name="segmentSizeBytes">The <see cref="FileLogSettings.SegmentSizeBytes"/> that compaction would run with.</param>
    public static IReadOnlyList<IReadOnlyList<InspectedSegment>> Of(
        IReadOnlyList<InspectedSegment> segments, Func<InspectedSegment, bool> isDamaged, double liveShare, long segmentSizeBytes)
    {
        ArgumentNullException.ThrowIfNull(segments);
        ArgumentNullException.ThrowIfNull(isDamaged);
        var loads = segments
            .Select(segment => new SegmentLoad(segment.IsSealed && !isDamaged(segment), segment.LiveBytes, segment.RecordBytes)).ToArray();
        var runs = new List<IReadOnlyList<InspectedSegment>>();
        for (var start = 0; FirstRun(loads, start, liveShare, segmentSizeBytes) is { Count: > 0 } run; start = run.Start + run.Count)
            runs.Add([.. segments.Skip(run.Start).Take(run.Count)]);
        return runs;
    }

    /// <summary>The first run of neighbours worth a rewrite; its count is 0 when there is none.</summary>
    internal static (int Start, int Count) FirstRun(
        IReadOnlyList<SegmentLoad> segments, int start, double liveShare, long segmentSizeBytes)
    {
        for (var i = start; i < segments.Count; i++)
        {
            var end = i;
            var (live, isSparse) = (0L, false);
            while (end < segments.Count && IsCandidate(segments[end])
                && (end == i || live + segments[end].LiveBytes <= segmentSizeBytes / 2))
            {
                isSparse |= IsSparse(segments[end]);
                live += segments[end++].LiveBytes;
            }

            if (isSparse || end - i > 1) return (i, end - i);
        }

        return (segments.Count, 0);

        bool IsCandidate(SegmentLoad segment) => segment.MayBeRewritten && (IsSparse(segment) || IsSmall(segment));

        bool IsSparse(SegmentLoad segment) => segment.LiveBytes < liveShare * segment.RecordBytes;

        // Small ones are worth a rewrite only together: their number falls with each.
        bool IsSmall(SegmentLoad segment) => segment.LiveBytes < segmentSizeBytes / 8;
    }
}

/// <summary>What the decision needs to know of a segment.</summary>
/// <param name="MayBeRewritten">Whether it is sealed and without damage.</param>
/// <param name="LiveBytes">The bytes of its records that live.</param>
/// <param name="RecordBytes">The bytes of all its records.</param>
internal readonly record struct SegmentLoad(bool MayBeRewritten, long LiveBytes, long RecordBytes);
