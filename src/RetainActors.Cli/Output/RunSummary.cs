namespace RetainActors.Cli.Output;

/// <summary>The counts of a whole <c>retain run</c>.</summary>
internal sealed record RunSummary(int Completed, int Failed, int UpToDate, int Resumed, long DurationMs)
{
    public static RunSummary Of(IReadOnlyCollection<SourceOutcome> outcomes, long durationMs) => new(
        outcomes.Count(outcome => outcome.End == SourceEnd.Completed),
        outcomes.Count(outcome => outcome.End == SourceEnd.Failed),
        outcomes.Count(outcome => outcome.End == SourceEnd.UpToDate),
        outcomes.Count(outcome => outcome.ResumedAt is not null),
        durationMs);
}
