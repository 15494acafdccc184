using RetainActors.Storage;

namespace RetainActors.Persistence;

/// <summary>How the log of a journal is at one moment.</summary>
/// <param name="State">Whether it is open.</param>
/// <param name="Failure">Why it is not well; null when it is.</param>
/// <param name="Statistics">How large it is; null when that is not known.</param>
/// <param name="Damage">The first damage found in it and how many places there are.</param>
internal readonly record struct JournalLogStatus(
    JournalLogState State, Exception? Failure = null, LogStatistics? Statistics = null,
    (SegmentCorruptException? First, int Places) Damage = default);
