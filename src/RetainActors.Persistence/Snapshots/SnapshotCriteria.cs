using Akka.Persistence;

namespace RetainActors.Persistence.Snapshots;

/// <summary>All four bounds of the criteria, each inclusive.</summary>
internal static class SnapshotCriteria
{
    public static bool Includes(this SnapshotSelectionCriteria criteria, SnapshotRecord record) =>
        record.SequenceNr >= criteria.MinSequenceNr && record.SequenceNr <= criteria.MaxSequenceNr
        && record.TimestampTicks >= (criteria.MinTimestamp ?? DateTime.MinValue).Ticks
        && record.TimestampTicks <= criteria.MaxTimeStamp.Ticks;

    public static bool IsAnyTime(this SnapshotSelectionCriteria criteria) =>
        criteria.MaxTimeStamp == DateTime.MaxValue && (criteria.MinTimestamp ?? DateTime.MinValue) == DateTime.MinValue;
}
