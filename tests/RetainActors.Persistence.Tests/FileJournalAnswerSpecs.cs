using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using RetainActors.Storage;

namespace RetainActors.Persistence.Tests;

/// <summary>What the journal answers by itself, without Akka's asynchronous base class: to whom, in which order, and when not.</summary>
public sealed class FileJournalAnswerSpecs : JournalTestBase
{
    private readonly MemoryFileSystem _memory;
    private readonly StallingFileSystem _files;

    public FileJournalAnswerSpecs()
        : this(new MemoryFileSystem())
    {
    }

    private FileJournalAnswerSpecs(MemoryFileSystem memory)
        : this(memory, new StallingFileSystem(memory))
    {
    }

    private FileJournalAnswerSpecs(MemoryFileSystem memory, StallingFileSystem files)
        : base(TestJournal.Memory(), FileJournalSetup.Empty.WithFileSystem(FilePersistence.MemoryJournalPath, files), TestSerializers.Config) =>
        (_memory, _files) = (memory, files);

    [Theory(DisplayName = "FileJournal should answer a deferred message in its place, with the sender and the incarnation of each")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Deferred_in_place(bool works)
    {
        await StoreAsync((1, "a"));
        if (!works) _memory.FailNext(FileOperation.Write, FileSystemError.NoSpace, sticky: true);
        var actor = CreateTestProbe();
        var first = CreateTestProbe();
        var second = CreateTestProbe();
        var b = new Persistent("b", 2, Pid, "", isDeleted: false, first, WriterGuid);
        var c = new Persistent("c", 3, Pid, "", isDeleted: false, second, WriterGuid);

        Journal.Tell(new WriteMessages([Atomic(b), new Deferred("deferred", second), Atomic(c)], actor, 42));

        if (works)
        {
            await actor.ExpectMsgAsync<WriteMessagesSuccessful>();
            Assert.Same(b, (await actor.ExpectMsgAsync<WriteMessageSuccess>(answer => Assert.Equal(42, answer.ActorInstanceId))).Persistent);
        }
        else
        {
            Assert.Equal(2, (await actor.ExpectMsgAsync<WriteMessagesFailed>()).WriteCount);
            Assert.Same(b, (await actor.ExpectMsgAsync<WriteMessageFailure>(answer => Assert.Equal(42, answer.ActorInstanceId))).Persistent);
        }
        Assert.Equal(first.Ref, actor.LastSender);
        var deferred = await actor.ExpectMsgAsync<LoopMessageSuccess>();
        Assert.Equal(("deferred", 42, second.Ref), (deferred.Message, deferred.ActorInstanceId, actor.LastSender));
        if (works) Assert.Same(c, (await actor.ExpectMsgAsync<WriteMessageSuccess>()).Persistent);
        else Assert.IsType<JournalFullException>((await actor.ExpectMsgAsync<WriteMessageFailure>()).Cause);
        await actor.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact(DisplayName = "FileJournal should answer one actor while the write of another one waits for the disk")]
    public async Task Holds_nobody_up()
    {
        await StoreAsync((1, "a"));
        _files.Stall();
        var slow = WriteAsync(Atomic(Event(2, "b")));
        await AwaitAssertAsync(() => Assert.Equal(1, _files.Stalled));

        var answers = await WriteAsync(Atomic(Event(1, new UnserializableEvent(), "another")));

        Assert.IsType<WriteMessageRejected>(answers[1]);
        Assert.False(slow.IsCompleted);
        _files.Resume();
        await slow;
    }

    [Fact(DisplayName = "FileJournal should answer what is in flight when it is stopped")]
    public async Task Answers_when_stopped()
    {
        await StoreAsync((1, "a"));
        var journal = Journal;
        await WatchAsync(journal);
        _files.Stall();
        var write = WriteAsync(Atomic(Event(2, "b")));
        await AwaitAssertAsync(() => Assert.Equal(1, _files.Stalled));

        journal.Tell(PoisonPill.Instance);
        _files.Resume();

        Assert.IsType<WriteMessagesSuccessful>((await write)[0]);
        await ExpectTerminatedAsync(journal);
    }

    [Fact(DisplayName = "FileJournal should pass a replay through the replay filter")]
    public async Task Filters_replays()
    {
        for (var n = 1; n <= 3; n++)
            await WriteAsync(Atomic(new Persistent($"{n}", n, Pid, "", isDeleted: false, ActorRefs.NoSender, $"writer-{n % 2}")));

        Assert.IsType<ReplayMessagesFailure>((await ReplayAsync()).End);
    }

    [Fact(DisplayName = "JournalCallSettings should have the defaults of the reference configuration")]
    public void Has_defaults()
    {
        foreach (var id in new[] { FilePersistence.JournalPath, FilePersistence.MemoryJournalPath })
            Assert.Equal(new JournalCallSettings(), JournalCallSettings.From(FilePersistence.DefaultConfig.GetConfig(id)));
    }

    [Theory(DisplayName = "JournalCallSettings should refuse a bad value and name its key")]
    [InlineData("circuit-breaker.max-failures", "0")]
    [InlineData("circuit-breaker.call-timeout", "0s")]
    [InlineData("circuit-breaker.reset-timeout", "soon")]
    [InlineData("replay-filter.mode", "maybe")]
    [InlineData("replay-filter.window-size", "-1")]
    [InlineData("replay-filter.max-old-writers", "many")]
    [InlineData("replay-filter.debug", "maybe")]
    public void Refuses(string key, string value)
    {
        var section = ConfigurationFactory.ParseString($"{key} = {value}")
            .WithFallback(FilePersistence.DefaultConfig.GetConfig(FilePersistence.JournalPath));

        var refusal = Assert.Throws<ConfigurationException>(() => JournalCallSettings.From(section));

        Assert.Contains($"'{key}'", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>What a persistent actor sends for DeferAsync.</summary>
    private sealed record Deferred(object Payload, IActorRef Sender) : IPersistentEnvelope
    {
        public int Size => 1;
    }
}
