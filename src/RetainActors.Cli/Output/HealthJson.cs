using System.Collections.Immutable;
using RetainActors.Checkpoints;
using RetainActors.Cli.Health;

namespace RetainActors.Cli.Output;

/// <summary>
/// The answer of <c>retain health</c>. The names are a contract. Owner is null when no process has the root; space and checkpoints are null
/// when the first problem kept them from being looked at.
/// </summary>
internal sealed record HealthDocument(
    int SchemaVersion, string Status, string Root, HealthOwner? Owner, SpaceUse? Space, HealthCheckpoints? Checkpoints,
    ImmutableArray<ErrorJson> Problems, ErrorJson? Error = null)
{
    /// <summary>What is more than this can be had from <c>retain list</c>.</summary>
    private const int MaxOpen = 100;

    public static HealthDocument Of(RootHealth health, IReadOnlyList<ErrorJson> problems, DateTimeOffset now) => new(
        OutputJson.SchemaVersion, problems.Count == 0 ? "healthy" : "degraded", health.Root,
        health.Owner is { } owner ? new HealthOwner(owner.ProcessId, owner.Host, Timestamp.From(owner.Since).Text) : null,
        health.Space,
        health.Checkpoints is { } census
            ? new HealthCheckpoints(
                census.Count(ListedStatus.Running), census.Completed, census.Count(ListedStatus.Failed), census.Count(ListedStatus.Parked),
                census.Count(ListedStatus.Unreadable), census.UnnamedIds, [.. census.Open.Take(MaxOpen).Select(item => HealthOpen.Of(item, now))])
            : null,
        [.. problems]);
}

/// <summary>The process that owns the root.</summary>
internal sealed record HealthOwner(int ProcessId, string Host, string Since);

/// <summary>How many checkpoints stand where, and up to 100 that are not completed, the longest untouched first.</summary>
internal sealed record HealthCheckpoints(
    int Running, int Completed, int Failed, int Parked, int Unreadable, ImmutableArray<string> UnnamedIds, ImmutableArray<HealthOpen> Open);

/// <summary>A checkpoint that is not completed.</summary>
internal sealed record HealthOpen(string Bank, string Source, string Status, string? NextState, string? SavedAt, long? AgeSeconds)
{
    public static HealthOpen Of(ListedCheckpoint item, DateTimeOffset now) => new(
        item.Key.Bank, item.Key.Source, ListReport.NameOf(item.Status), item.NextState, item.SavedAt?.Text,
        item.SavedAt is { } savedAt ? Math.Max(0, (long)(now - savedAt.Instant).TotalSeconds) : null);
}
