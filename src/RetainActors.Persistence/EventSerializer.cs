using System.Collections.Immutable;
using Akka.Actor;
using Akka.Persistence;
using Akka.Persistence.Journal;
using Akka.Serialization;
using RetainActors.Storage;

namespace RetainActors.Persistence;

/// <summary>
/// Akka's event from and to the bytes of the log. Both ways run with the transport information of the actor system, so that
/// actor references keep their address. Safe from any thread.
/// </summary>
internal sealed class EventSerializer(ExtendedActorSystem system, string fallbackSerializer)
{
    /// <summary>Encodes the events of one atomic write, in order.</summary>
    public LogEntry[] ToEntries(AtomicWrite write)
    {
        var events = (IImmutableList<IPersistentRepresentation>)write.Payload;
        var timestamp = DateTime.UtcNow.Ticks;
        return Serialization.WithTransport(system, (serializer: this, events, timestamp), static state =>
        {
            var entries = new LogEntry[state.events.Count];
            for (var i = 0; i < entries.Length; i++) entries[i] = state.serializer.ToEntry(state.events[i], state.timestamp);
            return entries;
        });
    }

    /// <exception cref="EventUnreadableException">The bytes are no envelope, or the serializer cannot read them.</exception>
    public IPersistentRepresentation FromRecord(LogRecord record) => FromTaggedRecord(record).Event;

    /// <exception cref="EventUnreadableException">The bytes are no envelope, or the serializer cannot read them.</exception>
    public (IPersistentRepresentation Event, ImmutableArray<string> Tags) FromTaggedRecord(LogRecord record)
    {
        var envelope = EventEnvelopeCodec.Decode(record.Payload, out var problem)
            ?? throw new EventUnreadableException(record.Id, record.SequenceNumber, problem);
        var representation = new Persistent(Deserialize(record, envelope), record.SequenceNumber, record.Id,
            envelope.EventManifest, isDeleted: false, ActorRefs.NoSender, envelope.WriterGuid, envelope.TimestampTicks);
        return (representation, envelope.Tags);
    }

    private LogEntry ToEntry(IPersistentRepresentation representation, long timestamp)
    {
        var (payload, tags) = Untag(representation.Payload);
        if (payload is null) throw new ArgumentException("An event must not be null: it could not be recovered.");
        var serializer = system.Serialization.FindSerializerForType(payload.GetType(), fallbackSerializer);
        var bytes = serializer.ToBinary(payload);
        // Events are immutable, but an array that is one may well be used again by its actor.
        if (ReferenceEquals(bytes, payload)) bytes = [.. bytes];
        var envelope = new EventEnvelope(serializer.Identifier, Serialization.ManifestFor(serializer, payload) ?? "",
            representation.Manifest, representation.WriterGuid, timestamp, tags, bytes);
        return new LogEntry(representation.PersistenceId, representation.SequenceNr, bytes) { Head = EventEnvelopeCodec.EncodeHead(envelope) };
    }

    // Sorted, so that the same event gives the same bytes.
    private static (object? Payload, ImmutableArray<string> Tags) Untag(object? payload) => payload is Tagged tagged
        ? (tagged.Payload, [.. tagged.Tags.Order(StringComparer.Ordinal)])
        : (payload, []);

    private object Deserialize(LogRecord record, EventEnvelope envelope)
    {
        if (!ClosedIds.Allow(record.Id, envelope.SerializerId))
            throw new EventUnreadableException(record.Id, record.SequenceNumber, $"serializer {envelope.SerializerId} reads no events of such an id");
        object? payload;
        try
        {
            payload = Serialization.WithTransport(system, (system.Serialization, envelope), static state =>
                state.Serialization.Deserialize(
                    state.envelope.Payload.ToArray(), state.envelope.SerializerId, state.envelope.SerializerManifest));
        }
        catch (Exception e)
        {
            throw new EventUnreadableException(record.Id, record.SequenceNumber,
                $"serializer {envelope.SerializerId} failed on manifest '{envelope.SerializerManifest}': {e.Message}", e);
        }

        return payload ?? throw new EventUnreadableException(record.Id, record.SequenceNumber,
            $"serializer {envelope.SerializerId} made nothing of manifest '{envelope.SerializerManifest}'");
    }
}
