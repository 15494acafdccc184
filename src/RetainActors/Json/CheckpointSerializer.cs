using Akka.Actor;
using Akka.Serialization;
using RetainActors.Checkpoints;

namespace RetainActors.Json;

/// <summary>
/// Frames stored checkpoint records. A closed switch over manifests: no type names in data. Bytes that cannot be read
/// come back as an event that says so, because a damaged record is a state of its key, not a failed recovery.
/// </summary>
internal sealed class CheckpointSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private const string RecordManifest = "r1";

    /// <summary>Stored beside every record; a contract.</summary>
    public override int Identifier => 20261;

    public override string Manifest(object o) => o is CheckpointRecord ? RecordManifest : throw NotOurs(o);

    public override byte[] ToBinary(object obj) => obj is CheckpointRecord record ? record.Frame : throw NotOurs(obj);

    public override object FromBinary(byte[] bytes, string manifest) => manifest == RecordManifest
        ? CheckpointRecord.Decode(bytes)
        : new UnreadableRecord($"the record has the manifest '{manifest}', this version reads '{RecordManifest}'", null);

    private static ArgumentException NotOurs(object o) => new($"{o.GetType()} is not stored by {nameof(CheckpointSerializer)}.");
}
