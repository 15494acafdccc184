using System.Collections.Immutable;
using RetainActors.Checkpoints;
using RetainActors.Cli.Output;
using RetainActors.Storage;

namespace RetainActors.Cli.Health;

/// <summary>What was seen of a root; a member is null when it could not be looked at, and the failure says why.</summary>
internal sealed record RootHealth(string Root, LogOwner? Owner, SpaceUse? Space, CheckpointCensus? Checkpoints, ErrorJson? Failure);

/// <summary>How much room there is, in bytes. The names are a contract.</summary>
/// <param name="FreeBytes">What this user may still write on the file system of the root.</param>
/// <param name="TotalBytes">Segments and spare files.</param>
/// <param name="WarningBytes">The setting <c>total-size-warning</c>; null for none.</param>
/// <param name="Segments">Segment files.</param>
/// <param name="Ids">Persistence ids with a record.</param>
internal sealed record SpaceUse(long FreeBytes, long TotalBytes, long? WarningBytes, int Segments, int Ids);

/// <summary>How many checkpoints stand where, and those that are not completed, the longest untouched first.</summary>
internal sealed record CheckpointCensus(int Completed, ImmutableArray<ListedCheckpoint> Open, ImmutableArray<string> UnnamedIds)
{
    public int Count(ListedStatus status) => Open.Count(item => item.Status == status);
}

/// <summary>Above or below what a root is degraded.</summary>
/// <param name="MinFreeBytes">The least free space.</param>
/// <param name="StuckAfter">A run that is on and was last saved longer ago is stuck.</param>
internal sealed record HealthLimits(long MinFreeBytes, TimeSpan StuckAfter);
