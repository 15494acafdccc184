using Akka.Persistence;
using RetainActors.Storage;
using static RetainActors.Persistence.Tests.RecordingActor;

namespace RetainActors.Persistence.Tests;

/// <summary>What happens to requests that meet others of the same id still on their way to the disk.</summary>
public sealed class FileJournalOrderSpecs : JournalTestBase
{
    private readonly StallingFileSystem _files;

    public FileJournalOrderSpecs()
        : this(new StallingFileSystem(new MemoryFileSystem()))
    {
    }

    private FileJournalOrderSpecs(StallingFileSystem files)
        : base(TestJournal.Memory(), FileJournalSetup.Empty.WithFileSystem(FilePersistence.MemoryJournalPath, files)) =>
        _files = files;

    [Fact(DisplayName = "FileJournal should not reuse a number when an actor restarts while its write is in flight")]
    public async Task Never_reuses_a_number()
    {
        var probe = CreateTestProbe();
        var actor = Sys.ActorOf(PropsFor(Pid, probe));
        await probe.ExpectMsgAsync<Recovered>();
        _files.Stall();
        actor.Tell(new KeepEach(["before"]), probe);
        await AwaitAssertAsync(() => Assert.Equal(1, _files.Stalled));

        await EventFilter.Exception<InvalidOperationException>().ExpectOneAsync(() =>
        {
            actor.Tell(new Break(), probe);
            return Task.CompletedTask;
        });
        actor.Tell(new Keep("after"), probe);
        await probe.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(100));
        _files.Resume();

        Assert.Equal(["before"], (await probe.ExpectMsgAsync<Recovered>()).Events);
        Assert.Equal(2, (await probe.ExpectMsgAsync<Stored>()).SequenceNr);
        Assert.Equal(["before", "after"], (await ReplayAsync()).Events.Select(e => e.Payload));
    }

    [Fact(DisplayName = "FileJournal should refuse the write of an actor that was replaced meanwhile")]
    public async Task Refuses_a_replaced_writer()
    {
        await StoreAsync((1, "a"));
        _files.Stall();
        var first = WriteAsync(Atomic(Event(2, "of the first writer")));
        var second = WriteAsync(Atomic(Event(2, "of the second writer")));
        _files.Resume();

        Assert.IsType<WriteMessagesSuccessful>((await first)[0]);
        Assert.IsType<DuplicateSequenceNumberException>(Assert.IsType<WriteMessagesFailed>((await second)[0]).Cause);
        Assert.Equal(["a", "of the first writer"], (await ReplayAsync()).Events.Select(e => e.Payload));
    }

    [Fact(DisplayName = "FileJournal should hold a replay back until earlier writes of the id are durable")]
    public async Task Replay_waits()
    {
        await StoreAsync((1, "a"));
        _files.Stall();
        var write = WriteAsync(Atomic(Event(2, "b")));
        var replay = ReplayAsync();
        await AwaitAssertAsync(() => Assert.Equal(1, _files.Stalled));
        Assert.False(replay.IsCompleted);

        _files.Resume();

        await write;
        Assert.Equal(["a", "b"], (await replay).Events.Select(e => e.Payload));
    }

    [Fact(DisplayName = "FileJournal should delete what was on its way when the delete was asked for, and nothing later")]
    public async Task Delete_is_ordered()
    {
        await StoreAsync((1, "a"));
        var probe = CreateTestProbe();
        _files.Stall();
        var before = WriteAsync(Atomic(Event(2, "b")));
        Journal.Tell(new DeleteMessagesTo(Pid, long.MaxValue, probe), probe);
        var after = WriteAsync(Atomic(Event(3, "c")));
        _files.Resume();

        await before;
        await after;
        await probe.ExpectMsgAsync<DeleteMessagesSuccess>();
        Assert.Equal(["c"], (await ReplayAsync()).Events.Select(e => e.Payload));
    }

    [Fact(DisplayName = "FileJournal should answer a batch that holds only deferred messages")]
    public async Task Answers_an_empty_batch()
    {
        var probe = CreateTestProbe();
        var actor = Sys.ActorOf(PropsFor(Pid, probe));
        await probe.ExpectMsgAsync<Recovered>();
        _files.Stall();
        actor.Tell(new KeepEach(["x"]), probe);
        await AwaitAssertAsync(() => Assert.Equal(1, _files.Stalled));
        // Behind a write in flight the deferred message becomes a batch of its own, without an atomic write.
        actor.Tell(new Defer(), probe);
        _files.Resume();

        await probe.ExpectMsgAsync<Stored>();
        await probe.ExpectMsgAsync("deferred");
    }

    [Fact(DisplayName = "FileJournal should let requests wait while it opens and then serve them in order")]
    public async Task Requests_wait_for_opening()
    {
        _files.Stall();
        var writes = Enumerable.Range(1, 20).Select(n => WriteAsync(Atomic(Event(n, $"{n}")))).ToArray();
        var replay = ReplayAsync();
        await AwaitAssertAsync(() => Assert.Equal(1, _files.Stalled));
        var health = await HealthAsync();
        Assert.Equal(PersistenceHealthStatus.Degraded, health.Status);
        Assert.Equal("Opening", health.Data!["reason"]);

        _files.Resume();

        foreach (var write in writes) Assert.IsType<WriteMessagesSuccessful>((await write)[0]);
        Assert.Equal(Enumerable.Range(1, 20).Select(n => $"{n}"), (await replay).Events.Select(e => e.Payload));
        Assert.Equal(PersistenceHealthStatus.Healthy, (await HealthAsync()).Status);
    }
}
