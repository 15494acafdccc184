using System.Collections.Immutable;

namespace RetainActors.Persistence;

/// <summary>
/// What the log stores of one event beside its id and number. Not stored: the sender, and the deleted flag (deleting is
/// the log's business). <see cref="EventManifest"/> is the event adapter's, <see cref="SerializerManifest"/> the serializer's.
/// </summary>
internal sealed record EventEnvelope(
    int SerializerId,
    string SerializerManifest,
    string? EventManifest,
    string? WriterGuid,
    long TimestampTicks,
    ImmutableArray<string> Tags,
    ReadOnlyMemory<byte> Payload);
