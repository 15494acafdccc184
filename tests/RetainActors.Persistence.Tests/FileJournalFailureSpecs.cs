using Akka.Persistence;
using Akka.TestKit;
using RetainActors.Storage;
using static RetainActors.Persistence.Tests.RecordingActor;

namespace RetainActors.Persistence.Tests;

/// <summary>What happens when the log of a running journal fails.</summary>
public sealed class FileJournalFailureSpecs : JournalTestBase
{
    private readonly MemoryFileSystem _memory;
    private readonly TestProbe _failures;

    public FileJournalFailureSpecs()
        : this(new MemoryFileSystem())
    {
    }

    private FileJournalFailureSpecs(MemoryFileSystem memory)
        : base(TestJournal.Memory(), FileJournalSetup.Empty.WithFileSystem(FilePersistence.MemoryJournalPath, memory))
    {
        _memory = memory;
        _failures = CreateTestProbe();
        Sys.EventStream.Subscribe(_failures, typeof(JournalFailed));
    }

    [Fact(DisplayName = "FileJournal should acknowledge nothing after a failed sync, say so once, and recover the rest")]
    public async Task Poisoned()
    {
        await StoreAsync((1, "a"), (2, "b"));
        _memory.FailNext(FileOperation.Sync, FileSystemError.InputOutput);

        Assert.IsType<JournalPoisonedException>(await FailureOfWriteAsync(3));
        Assert.IsType<JournalPoisonedException>(await FailureOfWriteAsync(3));
        Assert.IsType<JournalPoisonedException>(Assert.IsType<ReplayMessagesFailure>((await ReplayAsync()).End).Cause);

        var failed = await _failures.ExpectMsgAsync<JournalFailed>();
        Assert.Equal((FilePersistence.MemoryJournalPath, StorageFailure.JournalPoisoned), (failed.PluginId, failed.Cause.Reason));
        await ExpectUnhealthyAsync<JournalPoisonedException>(PersistenceHealthStatus.Unhealthy, "JournalPoisoned");
        await _failures.ExpectNoMsgAsync(TimeSpan.Zero);

        await using var service = Service.Start(
            TestJournal.Memory().Config,
            FileJournalSetup.Empty.WithFileSystem(FilePersistence.MemoryJournalPath, _memory.Crash()));
        var probe = CreateTestProbe();
        service.Record(Pid, probe);
        Assert.Equal(["a", "b"], (await probe.ExpectMsgAsync<Recovered>()).Events);
    }

    [Fact(DisplayName = "FileJournal should notice in its health check that the log failed while idle")]
    public async Task Poisoned_while_idle()
    {
        await StoreAsync((1, "a"));
        _memory.FailNext(FileOperation.Sync, FileSystemError.InputOutput, sticky: true);

        // The log writes a watermark when it has been idle for a moment.
        await AwaitAssertAsync(
            () => ExpectUnhealthyAsync<JournalPoisonedException>(PersistenceHealthStatus.Unhealthy, "JournalPoisoned"),
            TimeSpan.FromSeconds(10));
        await _failures.ExpectMsgAsync<JournalFailed>();
    }

    [Fact(DisplayName = "FileJournal should be degraded while the disk is full, go on by itself, and say each time once")]
    public async Task Full()
    {
        await StoreAsync((1, "a"));
        for (var round = 0; round < 2; round++)
        {
            _memory.FailNext(FileOperation.Write, FileSystemError.NoSpace, sticky: true);
            Assert.IsType<JournalFullException>(await FailureOfWriteAsync(2 + round));
            Assert.IsType<JournalFullException>(await FailureOfWriteAsync(2 + round));
            await ExpectUnhealthyAsync<JournalFullException>(PersistenceHealthStatus.Degraded, "JournalFull");
            Assert.IsType<RecoverySuccess>((await ReplayAsync()).End);
            await ExpectUnhealthyAsync<JournalFullException>(PersistenceHealthStatus.Degraded, "JournalFull");

            _memory.Heal();
            await StoreAsync((2 + round, "b"));

            Assert.Equal(PersistenceHealthStatus.Healthy, (await HealthAsync()).Status);
            Assert.Equal(StorageFailure.JournalFull, (await _failures.ExpectMsgAsync<JournalFailed>()).Cause.Reason);
            await _failures.ExpectNoMsgAsync(TimeSpan.Zero);
        }
        Assert.Equal(["a", "b", "b"], (await ReplayAsync()).Events.Select(e => e.Payload));
    }

    [Fact(DisplayName = "FileJournal should stop a persistent actor with the named failure and serve a new one")]
    public async Task Fails_the_actor()
    {
        var probe = CreateTestProbe();
        var actor = Sys.ActorOf(PropsFor(Pid, probe));
        await probe.ExpectMsgAsync<Recovered>();
        _memory.FailNext(FileOperation.Write, FileSystemError.NoSpace);
        await WatchAsync(actor);

        actor.Tell(new Keep("x"), probe);

        Assert.IsType<JournalFullException>((await probe.ExpectMsgAsync<Failed>()).Cause);
        await ExpectTerminatedAsync(actor);
        Sys.ActorOf(PropsFor(Pid, probe)).Tell(new Keep("y"), probe);
        Assert.Empty((await probe.ExpectMsgAsync<Recovered>()).Events);
        Assert.Equal(1, (await probe.ExpectMsgAsync<Stored>()).SequenceNr);
    }

    private async Task<Exception> FailureOfWriteAsync(long sequenceNr)
    {
        var answers = await WriteAsync(Atomic(Event(sequenceNr, "refused")));
        return Assert.IsType<WriteMessagesFailed>(answers[0]).Cause;
    }

    private async Task ExpectUnhealthyAsync<TException>(PersistenceHealthStatus status, string reason)
    {
        var health = await HealthAsync();
        Assert.Equal(status, health.Status);
        Assert.IsType<TException>(health.Exception);
        Assert.Equal(reason, health.Data!["reason"]);
    }
}
