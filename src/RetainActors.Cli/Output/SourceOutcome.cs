using System.Collections.Immutable;
using System.Text.Json.Serialization;
using RetainActors.Cli.Sources;
using RetainActors.Runs;

namespace RetainActors.Cli.Output;

/// <summary>How one source ended.</summary>
internal sealed record SourceOutcome(
    string Source,
    SourceEnd End,
    long Revision,
    ImmutableArray<string> StatesRun,
    string? ResumedAt,
    long DurationMs,
    SourceProblem? Problem)
{
    /// <summary>The reason of a checkpoint whose bytes are damaged.</summary>
    public const string CorruptReason = "Corrupt";

    /// <summary>The source of a run; null for one that was stopped, which has not ended.</summary>
    public static SourceOutcome? From(RunResult result, long durationMs)
    {
        SourceEnd? end = result.Outcome switch
        {
            RunOutcome.Completed => SourceEnd.Completed,
            RunOutcome.UpToDate => SourceEnd.UpToDate,
            RunOutcome.Stopped => null,
            _ => SourceEnd.Failed,
        };
        var problem = end == SourceEnd.Failed
            ? new SourceProblem(result.Error?.Reason ?? result.Outcome.ToString(), result.Error?.Detail ?? "The run ended without a reason.")
            : null;
        return end is { } known
            ? new SourceOutcome(result.Key.Source, known, result.Revision, result.StatesRun, result.ResumedAt, durationMs, problem)
            : null;
    }

    public static SourceOutcome Failed(string source, SourceProblem problem, long durationMs) =>
        new(source, SourceEnd.Failed, 0, [], null, durationMs, problem);
}

/// <summary>The ways a source can end.</summary>
internal enum SourceEnd
{
    [JsonStringEnumMemberName("completed")]
    Completed,

    [JsonStringEnumMemberName("failed")]
    Failed,

    [JsonStringEnumMemberName("upToDate")]
    UpToDate,
}
