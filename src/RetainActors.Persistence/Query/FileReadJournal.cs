using Akka;
using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence.Query;
using Akka.Streams.Dsl;
using QueryEnvelope = Akka.Persistence.Query.EventEnvelope;

namespace RetainActors.Persistence.Query;

/// <summary>
/// The queries of a <see cref="FileJournal"/>. They show durable events only and none that were deleted. Upper bounds hold from
/// the moment the stream starts. Live streams go on at once after an append and miss nothing. Every envelope has the offset
/// <see cref="Sequence"/> of its position in the whole log, which compaction leaves alone. A stream fails with the reason
/// when the log cannot be read; it can be started again behind the last offset or number seen.
/// </summary>
public sealed class FileReadJournal : ICurrentPersistenceIdsQuery, IPersistenceIdsQuery, ICurrentEventsByPersistenceIdQuery,
    IEventsByPersistenceIdQuery, ICurrentAllEventsQuery
{
    /// <summary>The read journal of <see cref="FilePersistence.JournalPath"/>.</summary>
    public const string Identifier = "akka.persistence.query.journal.retain-file";

    /// <summary>The read journal of <see cref="FilePersistence.MemoryJournalPath"/>.</summary>
    public const string MemoryIdentifier = "akka.persistence.query.journal.retain-memory";

    private static readonly TimeSpan ReaderTimeout = TimeSpan.FromSeconds(10);

    private readonly ExtendedActorSystem _system;
    private readonly string _journalId;

    internal FileReadJournal(ExtendedActorSystem system, Config config)
    {
        _system = system;
        _journalId = config.GetString("write-plugin");
        if (string.IsNullOrEmpty(_journalId))
            throw new ConfigurationException("'write-plugin' must name the journal, for instance " + FilePersistence.JournalPath);
    }

    /// <summary>The reference configuration; Akka.Persistence.Query puts it below the actor system's.</summary>
    public static Config DefaultConfiguration() => FilePersistence.DefaultConfig;

    /// <summary>Every id that ever had a durable event, also when all of them are deleted; each once, in no order.</summary>
    public Source<string, NotUsed> CurrentPersistenceIds() => Query("current-persistence-ids",
        async (_) => await PersistenceIdsCursor.OpenCurrentAsync(await ReaderAsync().ConfigureAwait(false)).ConfigureAwait(false));

    /// <summary>The same ids, then every new one after its first event. The stream does not complete.</summary>
    public Source<string, NotUsed> PersistenceIds() => Query("persistence-ids",
        async changed => PersistenceIdsCursor.OpenLive(await ReaderAsync().ConfigureAwait(false), changed));

    /// <summary>The events of one id from one number to another, both included.</summary>
    public Source<QueryEnvelope, NotUsed> CurrentEventsByPersistenceId(
        string persistenceId, long fromSequenceNr, long toSequenceNr) => Query("current-events", async _ =>
            await EventsCursor.OpenCurrentAsync(
                await ReaderAsync().ConfigureAwait(false), persistenceId, fromSequenceNr, toSequenceNr).ConfigureAwait(false));

    /// <summary>The same events, then new ones; completes when the number <paramref name="toSequenceNr"/> is passed.</summary>
    public Source<QueryEnvelope, NotUsed> EventsByPersistenceId(
        string persistenceId, long fromSequenceNr, long toSequenceNr) => Query("events", async changed =>
            EventsCursor.OpenLive(
                await ReaderAsync().ConfigureAwait(false), persistenceId, fromSequenceNr, toSequenceNr, changed));

    /// <summary>
    /// The events of all ids in the order in which they were written, behind <paramref name="offset"/>:
    /// <see cref="NoOffset"/>, or the <see cref="Sequence"/> of the last envelope seen.
    /// </summary>
    public Source<QueryEnvelope, NotUsed> CurrentAllEvents(Offset offset)
    {
        var after = offset switch
        {
            null or NoOffset => 0,
            Sequence sequence => sequence.Value,
            _ => throw new ArgumentException($"The offset must be a Sequence or NoOffset, not {offset.GetType().Name}.", nameof(offset)),
        };
        return Query("current-all-events", async _ =>
            await AllEventsCursor.OpenAsync(await ReaderAsync().ConfigureAwait(false), after).ConfigureAwait(false));
    }

    private static Source<T, NotUsed> Query<T>(string name, Func<Action, Task<IQueryCursor<T>>> open) =>
        Source.FromGraph(new QueryStage<T>(name, open)).Named(name);

    private async Task<JournalReader> ReaderAsync()
    {
        try
        {
            var journal = Akka.Persistence.Persistence.Instance.Apply(_system).JournalFor(_journalId);
            return await journal.Ask<JournalReader>(JournalReader.Request.Instance, ReaderTimeout).ConfigureAwait(false);
        }
        catch (AskTimeoutException e)
        {
            throw new ConfigurationException($"The journal '{_journalId}' did not answer. Is it a {nameof(FileJournal)}, and running?", e);
        }
    }
}
