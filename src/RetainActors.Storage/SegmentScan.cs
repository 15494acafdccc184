namespace RetainActors.Storage;

/// <summary>Takes the valid records of a segment, in their order.</summary>
internal interface IRecordSink
{
    /// <summary>Takes one; its bytes are empty when it comes from the index.</summary>
    void Take(Segment segment, in IndexEntry entry, ReadOnlySpan<byte> record);
}

/// <summary>What a scan of a segment, or its index, says.</summary>
/// <param name="End">The end of the last valid batch.</param>
/// <param name="Length">The length of the file when the scan ended.</param>
/// <param name="Watermark">Everything before it was durable before this scan.</param>
/// <param name="LastBatchOffset">Where the last valid batch starts; the end of the header when there is none.</param>
/// <param name="LastBatchKind">What it holds; null when there is none.</param>
/// <param name="NextPosition">The position after the last valid record.</param>
/// <param name="Damage">What was expected at <paramref name="DamageOffset"/>; null when the file ends with a whole batch.</param>
/// <param name="DamageOffset">Where the first invalid bytes are.</param>
/// <param name="HasLaterBatch">Whether a valid batch header of this segment lies behind the damage.</param>
internal sealed record SegmentScan(
    long End, long Length, long Watermark, long LastBatchOffset, BatchKind? LastBatchKind, long NextPosition, string? Damage,
    long DamageOffset, bool HasLaterBatch)
{
    internal bool IsSealed => LastBatchKind == BatchKind.Seal;

    /// <summary>Whether it has its index, so that only the seal may follow.</summary>
    internal bool EndsWithIndex => LastBatchKind == BatchKind.Index;
}
