using System.Collections.Immutable;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Cli.Report;

/// <summary>Makes the timeline of a run from its step log: pure.</summary>
internal static class RunTimelines
{
    /// <summary>The most steps of a run that are shown, the newest; a run may take thousands.</summary>
    private const int MaxSteps = 400;

    /// <summary>The steps of a run, with the finished branches of an open fork, which are in no step log yet.</summary>
    public static ImmutableArray<StepLogEntry> StepsOf(Loaded loaded) =>
    [
        .. loaded.Context.StepLog,
        .. loaded.Branches.SelectMany(branch => branch.Delta.ApplyTo(loaded.Context).StepLog.Skip(loaded.Context.StepLog.Length)),
    ];

    public static RunTimeline Of(Loaded loaded)
    {
        var context = loaded.Context;
        var all = StepsOf(loaded);
        var shown = all.TakeLast(MaxSteps);
        var byAttempt = shown.GroupBy(step => step.Attempt).OrderBy(group => group.Key).Select(group => (Attempt: group.Key, Steps: group.ToImmutableArray())).ToList();
        // An attempt that has finished nothing is known from the context alone, and only when it is the last one.
        if (byAttempt.Count == 0 || byAttempt[^1].Attempt < context.Attempt) byAttempt.Add((context.Attempt, []));

        var attempts = ImmutableArray.CreateBuilder<RunAttempt>(byAttempt.Count);
        var (offset, lastEnd) = (0.0, (DateTimeOffset?)null);
        for (var i = 0; i < byAttempt.Count; i++)
        {
            var (number, own) = byAttempt[i];
            var startedAt = own.IsEmpty ? (DateTimeOffset?)null : own.Min(step => step.StartedAt.Instant);
            var length = own.IsEmpty ? 0 : own.Max(step => (step.StartedAt.Instant - startedAt!.Value).TotalMilliseconds + LengthOf(step));
            var gap = lastEnd is { } end && startedAt is { } start ? Math.Max(0, (start - end).TotalMilliseconds) : 0;
            attempts.Add(new RunAttempt(
                number, startedAt is null ? null : Timestamp.From(startedAt.Value).Text, gap, offset, length,
                EndOf(own, isLast: i == byAttempt.Count - 1, context.Status), ResumedAt(own, number, context), [.. Placed(own, startedAt, offset)]));
            offset += length;
            lastEnd = startedAt?.AddMilliseconds(length) ?? lastEnd;
        }

        // What succeeded is stored, and what is stored is not entered again: a further visit of the same state is work of its own.
        var kept = all.Where(step => step.Error is null && step.Attempt < byAttempt[^1].Attempt).ToList();
        return new RunTimeline(
            attempts.MoveToImmutable(), offset, kept.Count, Math.Round(kept.Sum(step => step.DurationMs ?? 0), 3), Math.Max(0, all.Length - MaxSteps));
    }

    /// <summary>Why the state that a resume enters failed: its failures since it last succeeded, newest first.</summary>
    public static IReadOnlyList<StepLogEntry> FailuresInRow(RetainContext context) =>
        context.StepLog.LastOrDefault() is not { Error: not null } last ? [] :
        [.. context.StepLog.Reverse().Where(entry => entry.State == last.State).TakeWhile(entry => entry.Error is not null && entry.Attempt > context.UnparkedAfterAttempt)];

    private static IEnumerable<RunStep> Placed(ImmutableArray<StepLogEntry> steps, DateTimeOffset? startedAt, double offset)
    {
        var failed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var step in steps)
        {
            var isBranch = step.State.StartsWith(StepLogEntry.BranchPrefix, StringComparison.Ordinal);
            yield return new RunStep(
                isBranch ? step.State[StepLogEntry.BranchPrefix.Length..] : step.State, isBranch, step.StartedAt.Text,
                offset + (step.StartedAt.Instant - startedAt!.Value).TotalMilliseconds, LengthOf(step), step.DurationMs, step.Error,
                failed.Contains(step.State));
            if (step.Error is not null) failed.Add(step.State);
        }
    }

    /// <summary>What was measured; by the clock, which may be set back, only where nothing was.</summary>
    private static double LengthOf(StepLogEntry step) =>
        Math.Max(0, step.DurationMs ?? (step.CompletedAt is { } end ? (end.Instant - step.StartedAt.Instant).TotalMilliseconds : 0));

    private static AttemptEnd EndOf(ImmutableArray<StepLogEntry> steps, bool isLast, CheckpointStatus status) => isLast switch
    {
        true => status switch
        {
            CheckpointStatus.Completed => AttemptEnd.Completed,
            CheckpointStatus.Running => AttemptEnd.Unfinished,
            _ => AttemptEnd.Failed,
        },
        false => steps.LastOrDefault() is { Error: not null } ? AttemptEnd.Failed : AttemptEnd.Interrupted,
    };

    private static string? ResumedAt(ImmutableArray<StepLogEntry> steps, int attempt, RetainContext context) =>
        attempt <= 1 ? null : steps.IsEmpty ? context.NextState : steps.MinBy(step => step.StartedAt.Instant)!.State;
}
