using RetainActors.Checkpoints;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Cli.Report;

/// <summary>What was read of one checkpoint.</summary>
/// <param name="Listed">What the list says, from the headers of its records.</param>
/// <param name="Loaded">The checkpoint; null when it cannot be read.</param>
/// <param name="Problem">Why it cannot be read; null when it can.</param>
/// <param name="IsUnavailable">Whether the problem is that nothing could be read now, rather than damage.</param>
/// <param name="LastGoodRevision">The newest revision that can be read instead.</param>
/// <param name="History">Its newest revisions; null when it is not shown in full.</param>
/// <param name="Previous">The checkpoint as it was at the revision before the latest; null when there is none or it is not shown in full.</param>
internal sealed record CheckpointReading(
    ListedCheckpoint Listed, Loaded? Loaded, string? Problem = null, bool IsUnavailable = false, long? LastGoodRevision = null,
    HistoryPage? History = null, Loaded? Previous = null);
