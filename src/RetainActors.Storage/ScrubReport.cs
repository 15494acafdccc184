namespace RetainActors.Storage;

/// <summary>What scrubbing did since the log was opened; what it found is in <see cref="LogStatistics.Damage"/>.</summary>
/// <param name="Scrubs">How often every sealed segment was read to the last byte, on request and by itself.</param>
/// <param name="LastFinished">When the last scrub ended; null before the first one did.</param>
public sealed record ScrubReport(long Scrubs, DateTimeOffset? LastFinished);
