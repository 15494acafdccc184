using System.Collections.Immutable;
using Akka;
using Akka.Persistence.Journal;
using Akka.Persistence.Query;
using Akka.Streams;
using Akka.Streams.Dsl;
using RetainActors.Persistence.Query;
using QueryEnvelope = Akka.Persistence.Query.EventEnvelope;

namespace RetainActors.Persistence.Tests;

/// <summary>Writes as persistent actors do and reads through the read journal of the configured plugin.</summary>
public abstract class QueryTestBase : JournalTestBase
{
    protected QueryTestBase(TestJournal journal, FileJournalSetup? setup = null, string extra = "")
        : base(journal, setup, extra)
    {
        Materializer = Sys.Materializer();
        var memory = journal.Config.GetString("akka.persistence.journal.plugin") == FilePersistence.MemoryJournalPath;
        Queries = PersistenceQuery.Get(Sys).ReadJournalFor<FileReadJournal>(
            memory ? FileReadJournal.MemoryIdentifier : FileReadJournal.Identifier);
    }

    protected IMaterializer Materializer { get; }

    protected FileReadJournal Queries { get; }

    protected StreamProbe<T> Run<T>(Source<T, NotUsed> source) => new(source, Materializer, CreateTestProbe());

    protected async Task<IReadOnlyList<T>> AllOfAsync<T>(Source<T, NotUsed> source) =>
        await source.RunWith(Sink.Seq<T>(), Materializer).WaitAsync(TimeSpan.FromSeconds(20));

    protected async Task AppendAsync(string id, params (long SequenceNr, object Payload)[] events)
    {
        var answers = await WriteAsync([.. events.Select(e => Atomic(Event(e.SequenceNr, e.Payload, id)))]);
        Assert.All(answers.Skip(1), answer => Assert.IsType<Akka.Persistence.WriteMessageSuccess>(answer));
    }

    protected async Task DeleteAsync(string id, long to)
    {
        var probe = CreateTestProbe();
        Journal.Tell(new Akka.Persistence.DeleteMessagesTo(id, to, probe), probe);
        await probe.ExpectMsgAsync<Akka.Persistence.DeleteMessagesSuccess>();
    }

    protected static IEnumerable<object> Payloads(IEnumerable<QueryEnvelope> envelopes) => envelopes.Select(e => e.Event);

    protected static Tagged Tag(object payload, params string[] tags) => new(payload, [.. tags.ToImmutableHashSet()]);
}
