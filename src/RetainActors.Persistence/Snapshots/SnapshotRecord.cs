namespace RetainActors.Persistence.Snapshots;

/// <summary>One snapshot as it is stored.</summary>
internal sealed record SnapshotRecord(
    string PersistenceId,
    long SequenceNr,
    long TimestampTicks,
    int SerializerId,
    string SerializerManifest,
    ReadOnlyMemory<byte> Payload);
