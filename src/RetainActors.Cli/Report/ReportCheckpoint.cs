using System.Collections.Immutable;
using System.Text.Json.Serialization;
using RetainActors.Cli.Output;

namespace RetainActors.Cli.Report;

/// <summary>One checkpoint in full.</summary>
/// <param name="Row">Its row.</param>
/// <param name="Epoch">Epoch of the run that owns it.</param>
/// <param name="CompletedState">The last state left with success.</param>
/// <param name="Errors">The errors of the current attempt.</param>
/// <param name="Timeline">Its run; null when the checkpoint cannot be read.</param>
/// <param name="Revisions">The newest stored revisions, newest first, as <c>retain history</c> lists them.</param>
/// <param name="MoreRevisionsBefore">The revision that <c>retain history --before</c> goes on from; null when these are all.</param>
/// <param name="Diff">What the latest revision changed, as <c>retain diff</c> shows it; null when there is no earlier one, or it is too large.</param>
/// <param name="DiffBytes">How large the diff is; null when there is no earlier revision to compare with.</param>
/// <param name="Commands">The command lines to look at it, to rewind it and to resume it.</param>
internal sealed record ReportCheckpoint(
    ReportSource Row,
    long Epoch,
    string? CompletedState,
    ImmutableArray<string> Errors,
    RunTimeline? Timeline,
    ImmutableArray<RevisionLine> Revisions,
    long? MoreRevisionsBefore,
    DiffDocument? Diff,
    long? DiffBytes,
    ReportCommands Commands);

/// <summary>Command lines as a POSIX shell takes them.</summary>
/// <param name="Look">What shows more of it and changes nothing.</param>
/// <param name="Resume">What lets the run go on, in order; empty when there is nothing to resume.</param>
/// <param name="Rewind">What brings the revision before the latest back, or the last that can be read; null when there is none.</param>
internal sealed record ReportCommands(ImmutableArray<string> Look, ImmutableArray<string> Resume, string? Rewind);

/// <summary>One run as its step log tells it: attempts one behind the other, the time between them left out.</summary>
/// <param name="Attempts">The attempts that finished a step, and the last one.</param>
/// <param name="LengthMs">Milliseconds of all attempts together, by the clock.</param>
/// <param name="StepsNotRunAgain">States and branches that were finished before the last resume, so that no resume ran them again.</param>
/// <param name="SavedMs">Milliseconds that these had taken.</param>
/// <param name="StepsLeftOut">Older steps that are not shown.</param>
internal sealed record RunTimeline(ImmutableArray<RunAttempt> Attempts, double LengthMs, int StepsNotRunAgain, double SavedMs, int StepsLeftOut);

/// <summary>How an attempt ended.</summary>
internal enum AttemptEnd
{
    /// <summary>With the last state of the run.</summary>
    [JsonStringEnumMemberName("completed")]
    Completed,

    /// <summary>A state failed.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>It was stopped or its process died; which of the two is not stored.</summary>
    [JsonStringEnumMemberName("interrupted")]
    Interrupted,

    /// <summary>It is the last one and the checkpoint says that it goes on.</summary>
    [JsonStringEnumMemberName("unfinished")]
    Unfinished,
}

/// <summary>One attempt of a run.</summary>
/// <param name="Attempt">Its number, from 1.</param>
/// <param name="StartedAt">When its first finished step began; null when it finished none.</param>
/// <param name="GapMs">Milliseconds since the last step of the attempt before it; 0 for the first.</param>
/// <param name="OffsetMs">Where it begins on the timeline.</param>
/// <param name="LengthMs">From the begin of its first step to the end of its last.</param>
/// <param name="End">How it ended.</param>
/// <param name="ResumedAt">The state that it was resumed at; null for a fresh run.</param>
/// <param name="Steps">Its steps in the order they were stored.</param>
internal sealed record RunAttempt(
    int Attempt, string? StartedAt, double GapMs, double OffsetMs, double LengthMs, AttemptEnd End, string? ResumedAt, ImmutableArray<RunStep> Steps);

/// <summary>One step of an attempt.</summary>
/// <param name="State">The state, or the branch without its prefix.</param>
/// <param name="IsBranch">Whether it is a branch.</param>
/// <param name="StartedAt">When it was entered.</param>
/// <param name="OffsetMs">Where it begins on the timeline.</param>
/// <param name="LengthMs">How long it is there: what was measured, or else what the clock says.</param>
/// <param name="DurationMs">Milliseconds as measured; null when they were not.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="IsRetry">Whether the same step failed before in this attempt.</param>
internal sealed record RunStep(
    string State, bool IsBranch, string StartedAt, double OffsetMs, double LengthMs, double? DurationMs, string? Error, bool IsRetry);
