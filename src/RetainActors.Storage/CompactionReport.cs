namespace RetainActors.Storage;

/// <summary>What compaction did since the log was opened.</summary>
/// <param name="RewrittenSegments">Segments that were rewritten, or taken into another one.</param>
/// <param name="ReclaimedBytes">By how much the files became smaller.</param>
public sealed record CompactionReport(long RewrittenSegments, long ReclaimedBytes);
