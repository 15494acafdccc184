using System.Collections.Immutable;
using Akka;
using Akka.Actor;
using Akka.Event;
using Akka.Persistence.Query;
using Akka.Streams;
using Akka.Streams.Dsl;

namespace RetainActors.Checkpoints;

/// <summary>Reads headers out of any read journal into an actor, which acknowledges each message, so that no more is on its way than it can take.</summary>
internal sealed class CheckpointCatalogReader(IReadJournal journal, IActorRef reader, IMaterializer materializer)
{
    /// <summary>Headers in one message; few enough to be nothing, many enough to make the acknowledgements cheap.</summary>
    private const int BatchSize = 128;

    private long _lastStream;
    private UniqueKillSwitch? _ids;
    private UniqueKillSwitch? _events;

    /// <summary>The read journal of an id, or why there is none.</summary>
    public static IReadJournal? Find(ActorSystem system, string pluginId, out string? problem)
    {
        const string key = "retain.checkpoint.query-plugin-id";
        problem = pluginId.Length == 0
            ? $"{key} is not set; give the id of the read journal of your journal, such as \"akka.persistence.query.journal.retain-file\""
            : null;
        if (problem is not null) return null;
        try
        {
            var journal = PersistenceQuery.Get(system).ReadJournalFor<IReadJournal>(pluginId);
            if (journal is ICurrentAllEventsQuery or (ICurrentPersistenceIdsQuery and ICurrentEventsByPersistenceIdQuery)) return journal;
            problem = $"{key} is {pluginId}, a {journal.GetType().Name} that can query neither all events nor ids and their events";
        }
        // A plugin is made by code and configuration of somebody else, which fail in many ways.
        catch (Exception e)
        {
            problem = $"{key} is {pluginId}, which is no read journal that can be used: {e.Message}";
        }

        return null;
    }

    public bool ReadsAllEvents => journal is ICurrentAllEventsQuery;

    public bool ReadsIds => journal is ICurrentPersistenceIdsQuery and ICurrentEventsByPersistenceIdQuery;

    /// <summary>Reads the events of all keys behind an offset, as <see cref="Events"/>.</summary>
    /// <returns>The number of the stream.</returns>
    public long ReadAllEvents(Offset after) => Run(ref _events, ((ICurrentAllEventsQuery)journal).CurrentAllEvents(after)
        .Select(envelope => (envelope.Offset, Event: CheckpointCatalogEvent.IsOfKey(envelope.PersistenceId) ? CheckpointCatalogEvent.From(envelope) : null))
        .Grouped(BatchSize)
        .Select(batch =>
        {
            var all = batch.ToList();
            return Numbered(stream => new Events(stream, [.. all.Select(item => item.Event).OfType<CheckpointCatalogEvent>()], all[^1].Offset));
        }));

    /// <summary>Reads the persistence ids of all keys, as <see cref="Ids"/>. Beside it <see cref="ReadEvents"/> may run.</summary>
    /// <returns>The number of the stream.</returns>
    public long ReadIds() => Run(ref _ids, ((ICurrentPersistenceIdsQuery)journal).CurrentPersistenceIds()
        .Where(CheckpointCatalogEvent.IsOfKey)
        .Grouped(BatchSize)
        .Select(batch => Numbered(stream => new Ids(stream, [.. batch]))));

    /// <summary>Reads the events of one key from a revision on, as <see cref="Events"/>.</summary>
    /// <returns>The number of the stream.</returns>
    public long ReadEvents(string persistenceId, long fromRevision) => Run(ref _events, ((ICurrentEventsByPersistenceIdQuery)journal)
        .CurrentEventsByPersistenceId(persistenceId, fromRevision, long.MaxValue)
        .Select(CheckpointCatalogEvent.From)
        .Grouped(BatchSize)
        .Select(batch => Numbered(stream => new Events(stream, [.. batch], null))));

    /// <summary>Ends every stream; what is still on its way has a number that nobody waits for.</summary>
    public void Stop()
    {
        _ids?.Shutdown();
        _events?.Shutdown();
    }

    private long Run(ref UniqueKillSwitch? stop, Source<Func<long, StreamMessage>, NotUsed> source)
    {
        var stream = ++_lastStream;
        stop = source
            .Select(message => message(stream))
            .ViaMaterialized(KillSwitches.Single<StreamMessage>(), Keep.Right)
            .To(Sink.ActorRefWithAck<StreamMessage>(reader, new Started(stream), Ack.Instance, new Ended(stream), cause => new Failed(stream, cause)))
            .Run(materializer);
        return stream;
    }

    private static Func<long, StreamMessage> Numbered(Func<long, StreamMessage> message) => message;

    /// <summary>What asks for the next message of a stream.</summary>
    internal sealed class Ack : INoSerializationVerificationNeeded
    {
        public static Ack Instance { get; } = new();
    }

    /// <summary>A message of a stream.</summary>
    internal abstract record StreamMessage(long Stream) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    internal sealed record Started(long Stream) : StreamMessage(Stream);

    internal sealed record Events(long Stream, ImmutableArray<CheckpointCatalogEvent> Batch, Offset? Last) : StreamMessage(Stream);

    internal sealed record Ids(long Stream, ImmutableArray<string> Batch) : StreamMessage(Stream);

    internal sealed record Ended(long Stream) : StreamMessage(Stream);

    internal sealed record Failed(long Stream, Exception Cause) : StreamMessage(Stream);
}
