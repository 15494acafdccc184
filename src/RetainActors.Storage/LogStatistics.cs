namespace RetainActors.Storage;

/// <summary>How large a log is and how much of it is alive.</summary>
/// <param name="Segments">Segment files, the active one included.</param>
/// <param name="Ids">Ids that ever had a durable record.</param>
/// <param name="TotalBytes">The size of all segment files, what compaction left unused in the active one included.</param>
/// <param name="SpareBytes">The size of the files kept to become segments again.</param>
/// <param name="RecordBytes">The bytes of the records in them.</param>
/// <param name="LiveBytes">Those of records that are not deleted, and of the last deletion of each id.</param>
/// <param name="IsAboveWarning">
/// Whether segments and spare files exceed <see cref="FileLogSettings.TotalSizeWarningBytes"/>.
/// </param>
/// <param name="Compaction">What compaction did.</param>
/// <param name="Scrub">What scrubbing did.</param>
/// <param name="Damage">Damage found inside sealed segments; these are never compacted.</param>
public sealed record LogStatistics(
    int Segments, int Ids, long TotalBytes, long SpareBytes, long RecordBytes, long LiveBytes, bool IsAboveWarning,
    CompactionReport Compaction, ScrubReport Scrub, IReadOnlyList<SegmentCorruptException> Damage);
