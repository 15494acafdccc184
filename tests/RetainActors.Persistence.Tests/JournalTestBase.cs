using System.Collections.Immutable;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Persistence;
using Akka.TestKit;
using Akka.TestKit.Xunit2;

namespace RetainActors.Persistence.Tests;

/// <summary>Speaks the journal protocol the way a persistent actor does.</summary>
public abstract class JournalTestBase : TestKit
{
    private readonly TestJournal _journal;

    protected JournalTestBase(TestJournal journal, Setup? setup = null, string extra = "")
        : base(SetupOf(journal, setup, extra)) => _journal = journal;

    protected string Pid { get; } = "p-" + Guid.NewGuid().ToString("N");

    protected string WriterGuid { get; } = Guid.NewGuid().ToString();

    protected string Root => _journal.Root;

    protected IActorRef Journal => Akka.Persistence.Persistence.Instance.Apply(Sys).JournalFor(null);

    protected IPersistentRepresentation Event(long sequenceNr, object payload, string? id = null) =>
        new Persistent(payload, sequenceNr, id ?? Pid, "", isDeleted: false, ActorRefs.NoSender, WriterGuid);

    protected static AtomicWrite Atomic(params IPersistentRepresentation[] events) => new([.. events]);

    /// <summary>Sends one batch and returns the answers: one for the batch, then one per event.</summary>
    protected async Task<IReadOnlyList<object>> WriteAsync(params AtomicWrite[] writes)
    {
        var probe = CreateTestProbe();
        Journal.Tell(new WriteMessages(writes, probe, actorInstanceId: 1));
        return await AnswersAsync(probe, writes);
    }

    protected static async Task<IReadOnlyList<object>> AnswersAsync(TestProbe probe, params AtomicWrite[] writes)
    {
        var answers = new List<object>();
        for (var i = 0; i < 1 + writes.Sum(write => write.Size); i++)
            answers.Add(await probe.ExpectMsgAsync<object>(TimeSpan.FromSeconds(10)));
        return answers;
    }

    protected async Task StoreAsync(params (long SequenceNr, object Payload)[] events)
    {
        var answers = await WriteAsync([.. events.Select(e => Atomic(Event(e.SequenceNr, e.Payload)))]);
        Assert.IsType<WriteMessagesSuccessful>(answers[0]);
        Assert.All(answers.Skip(1), answer => Assert.IsType<WriteMessageSuccess>(answer));
    }

    /// <summary>Asks for a replay and returns its events and the answer after them.</summary>
    protected async Task<(ImmutableList<IPersistentRepresentation> Events, object End)> ReplayAsync(
        long from = 1, long to = long.MaxValue, long max = long.MaxValue, string? id = null)
    {
        var probe = CreateTestProbe();
        Journal.Tell(new ReplayMessages(from, to, max, id ?? Pid, probe));
        var events = ImmutableList<IPersistentRepresentation>.Empty;
        while (true)
        {
            var message = await probe.ExpectMsgAsync<object>(TimeSpan.FromSeconds(10));
            if (message is not ReplayedMessage replayed) return (events, message);
            events = events.Add(replayed.Persistent);
        }
    }

    protected async Task<PersistenceHealthCheckResult> HealthAsync()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        return await Akka.Persistence.Persistence.Instance.Apply(Sys)
            .CheckJournalHealthAsync(Sys.Settings.Config.GetString("akka.persistence.journal.plugin"), timeout.Token);
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _journal.Dispose();
    }

    private static ActorSystemSetup SetupOf(TestJournal journal, Setup? setup, string extra)
    {
        var setups = ActorSystemSetup.Create(
            BootstrapSetup.Create().WithConfig(ConfigurationFactory.ParseString(extra).WithFallback(journal.Config)));
        return setup is FileJournalSetup files ? setups.And(files) : setups;
    }
}
