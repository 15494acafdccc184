using System.Runtime.CompilerServices;
using Akka;
using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence.Query;
using Akka.Streams.Dsl;
using RetainActors.Persistence.Query;

namespace RetainActors.Tests.Checkpoints;

/// <summary>The queries of the journal in memory, without the one for all events; a test can make ids unreadable or all fail.</summary>
public class IdsReadJournal(ExtendedActorSystem system) : ICurrentPersistenceIdsQuery, ICurrentEventsByPersistenceIdQuery
{
    private static readonly ConditionalWeakTable<ActorSystem, CatalogFaults> Scripts = [];

    private protected FileReadJournal Journal { get; } = PersistenceQuery.Get(system).ReadJournalFor<FileReadJournal>(FileReadJournal.MemoryIdentifier);

    private protected CatalogFaults Faults { get; } = FaultsOf(system);

    public static CatalogFaults FaultsOf(ActorSystem system) => Scripts.GetOrCreateValue(system);

    /// <summary>Checkpoints on the journal in memory, listed through one of these read journals.</summary>
    public static Config ConfigOf(Type readJournal) => ConfigurationFactory.ParseString(
        $$"""
        retain.checkpoint.query-plugin-id = "catalog-query"
        catalog-query.class = "{{typeof(Provider<>).MakeGenericType(readJournal).AssemblyQualifiedName!.Replace("\\", "\\\\")}}"
        """).WithFallback(TestJournal.Config);

    public Source<string, NotUsed> CurrentPersistenceIds() =>
        Faults.IdsFail ? Source.Failed<string>(new IOException("the ids cannot be read")) : Journal.CurrentPersistenceIds();

    public Source<EventEnvelope, NotUsed> CurrentEventsByPersistenceId(string persistenceId, long fromSequenceNr, long toSequenceNr)
    {
        lock (Faults.KeysRead) Faults.KeysRead.Add((persistenceId, fromSequenceNr));
        return persistenceId == Faults.DamagedId
            ? Source.Failed<EventEnvelope>(new InvalidDataException("segment 7 is damaged"))
            : Journal.CurrentEventsByPersistenceId(persistenceId, fromSequenceNr, toSequenceNr);
    }

    public sealed class Provider<TJournal>(ExtendedActorSystem system, Config config) : IReadJournalProvider
        where TJournal : IReadJournal
    {
        public IReadJournal GetReadJournal() => config is null ? throw new ArgumentNullException(nameof(config)) : (IReadJournal)Activator.CreateInstance(typeof(TJournal), system)!;
    }
}

/// <summary>The same with the query for all events.</summary>
public sealed class AllEventsReadJournal(ExtendedActorSystem system) : IdsReadJournal(system), ICurrentAllEventsQuery
{
    public Source<EventEnvelope, NotUsed> CurrentAllEvents(Offset offset)
    {
        if (Faults.AllHang) return Source.UnfoldAsync<int, EventEnvelope>(0, _ => Faults.Hang());
        return Faults.AllFail ? Source.Failed<EventEnvelope>(new InvalidDataException("segment 7 is damaged")) : Journal.CurrentAllEvents(offset);
    }
}

/// <summary>The query for all events and no other.</summary>
public sealed class OnlyAllEventsReadJournal(ExtendedActorSystem system) : ICurrentAllEventsQuery
{
    private readonly AllEventsReadJournal _journal = new(system);

    public Source<EventEnvelope, NotUsed> CurrentAllEvents(Offset offset) => _journal.CurrentAllEvents(offset);
}

/// <summary>What a test wants to fail.</summary>
public sealed class CatalogFaults
{
    public bool AllFail { get; set; }

    public bool AllHang { get; set; }

    /// <summary>Completes when a hanging read was asked for its first event: its reader has taken notice of it then.</summary>
    public TaskCompletionSource Hangs { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IdsFail { get; set; }

    public string? DamagedId { get; set; }

    /// <summary>The keys that were read for themselves, and from which revision.</summary>
    public List<(string Id, long From)> KeysRead { get; } = [];

    public Task<Akka.Util.Option<(int, EventEnvelope)>> Hang()
    {
        Hangs.TrySetResult();
        return new TaskCompletionSource<Akka.Util.Option<(int, EventEnvelope)>>().Task;
    }
}
