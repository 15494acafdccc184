namespace RetainActors;

/// <summary>One finished step of a run. The step log is cumulative over attempts; branches are named <c>parallel:NAME</c>.</summary>
/// <param name="State">The state, or <c>parallel:NAME</c> for a branch.</param>
/// <param name="StartedAt">When the state was entered.</param>
/// <param name="CompletedAt">When it was left; null for an entry that another writer left open.</param>
/// <param name="DurationMs">Milliseconds by the monotonic clock; null when not measured.</param>
/// <param name="Error">Why the step failed; null when it did not.</param>
/// <param name="Attempt">The attempt that ran the step, from 1.</param>
public sealed record StepLogEntry(
    string State, Timestamp StartedAt, Timestamp? CompletedAt, double? DurationMs, string? Error = null, int Attempt = 1)
{
    /// <summary>The prefix of a branch's name in the step log.</summary>
    public const string BranchPrefix = "parallel:";

    /// <summary>A name of the step log with the state or branch in it mapped.</summary>
    internal static string MapName(string step, Func<string, string> map) =>
        step.StartsWith(BranchPrefix, StringComparison.Ordinal) ? BranchPrefix + map(step[BranchPrefix.Length..]) : map(step);

    /// <summary>What the state noted about this step; numbers stay raw JSON.</summary>
    public JsonMembers Notes { get; init; } = JsonMembers.Empty;

    /// <summary>Members of the stored entry that this version does not know; they are written back.</summary>
    public JsonMembers UnknownMembers { get; init; } = JsonMembers.Empty;
}
