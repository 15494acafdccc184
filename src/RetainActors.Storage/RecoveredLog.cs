namespace RetainActors.Storage;

/// <summary>A log ready to be served.</summary>
/// <param name="Index">Every id with its records, and the open segments.</param>
/// <param name="ActiveIndex">What the index of the active segment will say so far.</param>
/// <param name="End">Where the next batch goes in the active segment.</param>
/// <param name="LastBatch">Where its last batch starts; <paramref name="End"/> when it has none.</param>
/// <param name="EndsWithRecords">Whether that batch holds records, which no watermark proves to readers yet.</param>
/// <param name="NextPosition">The position of the next record.</param>
/// <param name="Report">What was found and done.</param>
internal sealed record RecoveredLog(
    KeyIndex Index, SegmentIndexWriter ActiveIndex, long End, long LastBatch, bool EndsWithRecords, long NextPosition,
    RecoveryReport Report)
{
    internal SegmentTable Segments => Index.Segments;

    /// <summary>The spare files there are.</summary>
    internal IReadOnlyList<SpareFile> Spares { get; init; } = [];
}
