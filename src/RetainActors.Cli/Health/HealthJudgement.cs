using RetainActors.Checkpoints;
using RetainActors.Cli.Commands;
using RetainActors.Cli.Output;

namespace RetainActors.Cli.Health;

/// <summary>Decides what is not well about a root.</summary>
internal static class HealthJudgement
{
    public static IReadOnlyList<ErrorJson> Of(RootHealth health, HealthLimits limits, DateTimeOffset now) =>
    [
        .. health.Failure is { } failure ? [failure] : Array.Empty<ErrorJson>(),
        .. health.Space is { } space ? OfSpace(space, health.Root, limits) : [],
        .. health.Checkpoints is { } checkpoints ? OfCheckpoints(checkpoints, health, limits, now) : [],
    ];

    private static IEnumerable<ErrorJson> OfSpace(SpaceUse space, string root, HealthLimits limits)
    {
        if (space.FreeBytes < limits.MinFreeBytes)
            yield return new("SpaceLow", $"{space.FreeBytes} bytes are free for {root}, fewer than {limits.MinFreeBytes}. Free space before the journal is full.");
        if (space.TotalBytes > space.WarningBytes)
            yield return new(
                "TotalSizeWarning",
                $"The journal takes {space.TotalBytes} bytes, more than total-size-warning, {space.WarningBytes}. Run retain prune or retain log compact, or give it more space and raise the limit.");
    }

    private static IEnumerable<ErrorJson> OfCheckpoints(CheckpointCensus checkpoints, RootHealth health, HealthLimits limits, DateTimeOffset now)
    {
        var unreadable = checkpoints.Count(ListedStatus.Unreadable) + checkpoints.UnnamedIds.Length;
        if (unreadable > 0)
            yield return new("Unreadable", $"{LogText.Count(unreadable, "checkpoint")} cannot be read. Run retain log verify --root {health.Root}; restore the root from a backup.");
        if (checkpoints.Count(ListedStatus.Parked) is > 0 and var parked)
            yield return new("Parked", $"{LogText.Count(parked, "run")} failed too often in a row. Mend what retain show says, then retain unpark BANK SOURCE.");
        if (checkpoints.Count(ListedStatus.Failed) is > 0 and var failed)
            yield return new("Failed", $"{LogText.Count(failed, "run")} failed. Mend what retain show says; the next run enters that state again.");
        if (checkpoints.Open.Count(item => IsStuck(item, limits, now)) is > 0 and var stuck)
            yield return new(
                "Stuck",
                $"{LogText.Count(stuck, "run")} saved nothing for {Age.Text(limits.StuckAfter)}. "
                + (health.Owner is { } owner ? $"Look at what process {owner.ProcessId} does." : "No process owns the root: start the service, or give the same retain run again."));
    }

    private static bool IsStuck(ListedCheckpoint item, HealthLimits limits, DateTimeOffset now) =>
        item is { Status: ListedStatus.Running, SavedAt: { } savedAt } && now - savedAt.Instant > limits.StuckAfter;
}
