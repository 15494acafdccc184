using Akka.Actor;
using Akka.Persistence;
using Akka.Serialization;

namespace RetainActors.Persistence.Snapshots;

/// <summary>Akka's snapshot from and to a stored one, with transport information both ways. Safe from any thread.</summary>
internal sealed class SnapshotSerializer(ExtendedActorSystem system, string fallbackSerializer)
{
    public SnapshotRecord ToRecord(SnapshotMetadata metadata, object snapshot)
    {
        if (snapshot is null) throw new ArgumentException("A snapshot must not be null: it could not be told from none.");
        return Serialization.WithTransport(system, (system, fallbackSerializer, metadata, snapshot), static state =>
        {
            var serializer = state.system.Serialization.FindSerializerForType(state.snapshot.GetType(), state.fallbackSerializer);
            return new SnapshotRecord(
                state.metadata.PersistenceId, state.metadata.SequenceNr, state.metadata.Timestamp.Ticks, serializer.Identifier,
                Serialization.ManifestFor(serializer, state.snapshot) ?? "", serializer.ToBinary(state.snapshot));
        });
    }

    /// <exception cref="SnapshotUnreadableException">The serializer cannot read the bytes, or makes nothing of them.</exception>
    public SelectedSnapshot FromRecord(SnapshotRecord record)
    {
        object? snapshot;
        try
        {
            snapshot = Serialization.WithTransport(system, (system.Serialization, record), static state =>
                state.Serialization.Deserialize(
                    state.record.Payload.ToArray(), state.record.SerializerId, state.record.SerializerManifest));
        }
        catch (Exception e)
        {
            throw new SnapshotUnreadableException(record.PersistenceId,
                $"serializer {record.SerializerId} failed on manifest '{record.SerializerManifest}': {e.Message}", e);
        }

        return snapshot is null
            ? throw new SnapshotUnreadableException(record.PersistenceId,
                $"serializer {record.SerializerId} made nothing of manifest '{record.SerializerManifest}'")
            : new SelectedSnapshot(
                new SnapshotMetadata(record.PersistenceId, record.SequenceNr, new DateTime(record.TimestampTicks, DateTimeKind.Utc)),
                snapshot);
    }
}
