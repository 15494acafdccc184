using Akka.Persistence;
using Akka.TestKit;
using RetainActors.Storage;
using static RetainActors.Persistence.Tests.RecordingActor;

namespace RetainActors.Persistence.Tests;

/// <summary>How the journal goes on by itself after its log was poisoned.</summary>
public sealed class FileJournalReopenSpecs : QueryTestBase
{
    private readonly MemoryFileSystem _memory;
    private readonly TestProbe _failures;

    public FileJournalReopenSpecs()
        : this(new MemoryFileSystem())
    {
    }

    private FileJournalReopenSpecs(MemoryFileSystem memory)
        : base(
            TestJournal.Memory("open-retry { min-backoff = 20ms, max-backoff = 100ms }"),
            FileJournalSetup.Empty.WithFileSystem(FilePersistence.MemoryJournalPath, memory))
    {
        _memory = memory;
        _failures = CreateTestProbe();
        Sys.EventStream.Subscribe(_failures, typeof(JournalFailed));
    }

    [Fact(DisplayName = "FileJournal should go on by itself after a failed sync, with everything acknowledged, and say each time once")]
    public async Task Goes_on()
    {
        var acknowledged = new List<long>();
        var next = 1L;
        for (var episode = 0; episode < 3; episode++)
        {
            await StoreAsync((next, $"{next}"));
            acknowledged.Add(next++);
            _memory.FailNext(FileOperation.Sync, FileSystemError.InputOutput);
            Assert.IsType<JournalPoisonedException>(await FailureOfWriteAsync(next));

            await AwaitHealthAsync(PersistenceHealthStatus.Healthy);

            Assert.Equal(StorageFailure.JournalPoisoned, (await _failures.ExpectMsgAsync<JournalFailed>()).Cause.Reason);
            var (events, end) = await ReplayAsync();
            Assert.Subset(events.Select(e => e.SequenceNr).ToHashSet(), acknowledged.ToHashSet());
            next = Assert.IsType<RecoverySuccess>(end).HighestSequenceNr + 1;
        }

        await StoreAsync((next, "last"));
        await _failures.ExpectNoMsgAsync(TimeSpan.Zero);
        await using var service = Service.Start(
            TestJournal.Memory().Config,
            FileJournalSetup.Empty.WithFileSystem(FilePersistence.MemoryJournalPath, _memory.Crash()));
        var probe = CreateTestProbe();
        service.Record(Pid, probe);
        var recovered = await probe.ExpectMsgAsync<Recovered>();
        Assert.Equal("last", recovered.Events[^1]);
        Assert.Subset(recovered.Events.ToHashSet(), acknowledged.Select(n => (object)$"{n}").ToHashSet());
    }

    [Fact(DisplayName = "FileJournal should fail everything by name while its device fails, say so once, and go on when it works")]
    public async Task Fails_meanwhile()
    {
        await StoreAsync((1, "a"));
        _memory.FailNext(FileOperation.Sync, FileSystemError.InputOutput, sticky: true);
        Assert.IsType<JournalPoisonedException>(await FailureOfWriteAsync(2));
        // Longer than several attempts.
        await _failures.ExpectMsgAsync<JournalFailed>();
        await _failures.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(500));

        Assert.IsType<JournalPoisonedException>(await FailureOfWriteAsync(2));
        Assert.IsType<JournalPoisonedException>(Assert.IsType<ReplayMessagesFailure>((await ReplayAsync()).End).Cause);
        Assert.Equal("JournalPoisoned", (await AwaitHealthAsync(PersistenceHealthStatus.Unhealthy)).Data!["reason"]);

        _memory.Heal();
        await AwaitHealthAsync(PersistenceHealthStatus.Healthy);

        var (events, end) = await ReplayAsync();
        Assert.Equal("a", events[0].Payload);
        await StoreAsync((Assert.IsType<RecoverySuccess>(end).HighestSequenceNr + 1, "b"));
        await _failures.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact(DisplayName = "A live query that waits should go on after the log was opened anew")]
    public async Task Live_queries_go_on()
    {
        await StoreAsync((1, "a"));
        var events = Run(Queries.EventsByPersistenceId(Pid, 0, long.MaxValue));
        var ids = Run(Queries.PersistenceIds());
        await events.RequestAsync(10);
        await ids.RequestAsync(10);
        await events.NextAsync();
        await ids.NextAsync();
        _memory.FailNext(FileOperation.Sync, FileSystemError.InputOutput);
        Assert.IsType<JournalPoisonedException>(await FailureOfWriteAsync(2, "of unknown outcome"));
        await AwaitHealthAsync(PersistenceHealthStatus.Healthy);
        var highest = Assert.IsType<RecoverySuccess>((await ReplayAsync()).End).HighestSequenceNr;

        await AppendAsync(Pid, (highest + 1, "after"));
        await AppendAsync("new", (1, "x"));

        var seen = new List<object>();
        while (!seen.Contains("after")) seen.Add((await events.NextAsync()).Event);
        Assert.Equal(highest == 2 ? ["of unknown outcome", "after"] : ["after"], seen);
        Assert.Equal("new", await ids.NextAsync());
    }

    [Fact(DisplayName = "FileJournal should stop at once while it tries to open its log anew, and let go of the root")]
    public async Task Stops_meanwhile()
    {
        var memory = new MemoryFileSystem();
        var setup = FileJournalSetup.Empty.WithFileSystem(FilePersistence.MemoryJournalPath, memory);
        var probe = CreateTestProbe();
        await using (var service = Service.Start(TestJournal.Memory().Config, setup))
        {
            var actor = service.Record("a", probe);
            actor.Tell(new Keep("x"), probe);
            await probe.ExpectMsgAsync<Recovered>();
            await probe.ExpectMsgAsync<Stored>();
            memory.FailNext(FileOperation.Sync, FileSystemError.InputOutput, sticky: true);
            actor.Tell(new Keep("y"), probe);
            await probe.ExpectMsgAsync<Failed>();
        }

        memory.Heal();
        await using var again = Service.Start(TestJournal.Memory().Config, setup);
        again.Record("a", probe);
        Assert.Equal("x", (await probe.ExpectMsgAsync<Recovered>()).Events[0]);
    }

    private async Task<Exception> FailureOfWriteAsync(long sequenceNr, object? payload = null)
    {
        var answers = await WriteAsync(Atomic(Event(sequenceNr, payload ?? $"{sequenceNr}")));
        return Assert.IsType<WriteMessagesFailed>(answers[0]).Cause;
    }

    private async Task<PersistenceHealthCheckResult> AwaitHealthAsync(PersistenceHealthStatus status)
    {
        PersistenceHealthCheckResult health = default;
        await AwaitAssertAsync(
            async () =>
            {
                health = await HealthAsync();
                Assert.Equal(status, health.Status);
            },
            TimeSpan.FromSeconds(10));
        return health;
    }
}
