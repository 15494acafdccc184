using System.Collections.Immutable;
using Akka.Persistence;
using Akka.Persistence.Journal;
using RetainActors.Storage;
using static RetainActors.Persistence.Tests.RecordingActor;

namespace RetainActors.Persistence.Tests;

public sealed class FileJournalWritingSpecs : JournalTestBase
{
    private const string Settings = $$"""
        {{TestSerializers.Config}}
        {{FilePersistence.MemoryJournalPath}} {
          max-unit-size = 4 KiB
          event-adapters.counting = "RetainActors.Persistence.Tests.CountingAdapter, RetainActors.Persistence.Tests"
          event-adapter-bindings { "RetainActors.Persistence.Tests.CountedEvent, RetainActors.Persistence.Tests" = counting }
        }
        """;

    private readonly MemoryFileSystem _memory;

    public FileJournalWritingSpecs()
        : this(new MemoryFileSystem())
    {
    }

    private FileJournalWritingSpecs(MemoryFileSystem memory)
        : base(
            TestJournal.Memory(), FileJournalSetup.Empty.WithFileSystem(FilePersistence.MemoryJournalPath, memory), Settings) =>
        _memory = memory;

    [Fact(DisplayName = "FileJournal should enumerate a batch once, so that event adapters run once per event")]
    public async Task Enumerates_once()
    {
        var counted = new CountedEvent(Pid);

        await StoreAsync((1, counted), (2, counted), (3, counted));

        Assert.Equal(3, CountingAdapter.Count(Pid));
    }

    [Fact(DisplayName = "FileJournal should fail a batch with a used sequence number and store nothing of it")]
    public async Task Refuses_duplicates()
    {
        await StoreAsync((1, "a"), (2, "b"));

        var answers = await WriteAsync(Atomic(Event(2, "late")), Atomic(Event(3, "later")));

        var failed = Assert.IsType<WriteMessagesFailed>(answers[0]);
        Assert.IsType<DuplicateSequenceNumberException>(failed.Cause);
        Assert.All(answers.Skip(1), answer => Assert.IsType<WriteMessageFailure>(answer));
        Assert.Equal(["a", "b"], (await ReplayAsync()).Events.Select(e => e.Payload));
    }

    [Fact(DisplayName = "FileJournal should reject the one atomic write that is too large and store the others")]
    public async Task Rejects_what_is_too_large()
    {
        var answers = await WriteAsync(
            Atomic(Event(1, "a")), Atomic(Event(2, new string('x', 5000))), Atomic(Event(3, "c"), Event(4, "d")));

        Assert.IsType<WriteMessagesSuccessful>(answers[0]);
        Assert.IsType<WriteMessageSuccess>(answers[1]);
        Assert.IsType<RecordTooLargeException>(Assert.IsType<WriteMessageRejected>(answers[2]).Cause);
        Assert.Equal(["a", "c", "d"], (await ReplayAsync()).Events.Select(e => e.Payload));
    }

    [Fact(DisplayName = "FileJournal should store a batch that is larger than one unit in order")]
    public async Task Splits_a_large_batch()
    {
        var events = Enumerable.Range(1, 20).Select(n => ((long)n, (object)new string((char)('a' + n), 1000))).ToArray();

        await StoreAsync(events);

        Assert.Equal(events.Select(e => e.Item2), (await ReplayAsync()).Events.Select(e => e.Payload));
    }

    [Fact(DisplayName = "FileJournal should store nothing of a batch behind the atomic write for which there was no space")]
    public async Task Stores_nothing_behind_a_failure()
    {
        await StoreAsync((1, "a"));
        // Sticky: the log's own mark of an idle moment may come first.
        _memory.FailNext(FileOperation.Write, FileSystemError.NoSpace, sticky: true);

        var answers = await WriteAsync([.. Enumerable.Range(2, 8).Select(n => Atomic(Event(n, new string('x', 1000))))]);

        Assert.IsType<JournalFullException>(Assert.IsType<WriteMessagesFailed>(answers[0]).Cause);
        var (events, end) = await ReplayAsync();
        Assert.Equal(["a"], events.Select(e => e.Payload));
        Assert.Equal(1, Assert.IsType<RecoverySuccess>(end).HighestSequenceNr);
    }

    [Fact(DisplayName = "FileJournal should leave a gap for a rejected event and recover across it")]
    public async Task Leaves_a_gap()
    {
        var probe = CreateTestProbe();
        var actor = Sys.ActorOf(PropsFor(Pid, probe));
        await probe.ExpectMsgAsync<Recovered>();
        actor.Tell(new Keep(new UnserializableEvent()), probe);
        Assert.Equal(1, (await probe.ExpectMsgAsync<Rejected>()).SequenceNr);
        actor.Tell(new Keep("x"), probe);
        Assert.Equal(2, (await probe.ExpectMsgAsync<Stored>()).SequenceNr);

        Sys.ActorOf(PropsFor(Pid, probe));

        var recovered = await probe.ExpectMsgAsync<Recovered>();
        Assert.Equal(["x"], recovered.Events);
        Assert.Equal(2, recovered.SequenceNr);
    }

    [Fact(DisplayName = "FileJournal should store the tags of an event, set its time and replay it without the wrapper")]
    public async Task Stores_tags_and_time()
    {
        var before = DateTime.UtcNow.Ticks;
        await StoreAsync((1, new Tagged("x", ImmutableHashSet.Create("red", "blue"))), (2, "plain"));
        var after = DateTime.UtcNow.Ticks;

        var events = (await ReplayAsync()).Events;

        Assert.Equal(["x", "plain"], events.Select(e => e.Payload));
        Assert.All(events, e => Assert.InRange(e.Timestamp, before, after));
        // A reader beside the owner sees the last batch when the owner has been idle for a moment.
        await AwaitAssertAsync(() => Assert.Equal(2, StoredEnvelopes().Length));
        Assert.Equal(["blue", "red"], StoredEnvelopes()[0].Tags.ToArray());
        Assert.Empty(StoredEnvelopes()[1].Tags);
    }

    [Theory(DisplayName = "FileJournal should keep all events of a PersistAll or none when the power fails")]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task Keeps_all_or_none(int seed)
    {
        await StoreAsync((1, "acknowledged"));
        _memory.FailNext(FileOperation.Sync, FileSystemError.InputOutput);
        await WriteAsync(Atomic(Event(2, "b"), Event(3, "c"), Event(4, "d")));

        await using var service = Service.Start(
            TestJournal.Memory().Config,
            FileJournalSetup.Empty.WithFileSystem(FilePersistence.MemoryJournalPath, _memory.Crash(seed)));
        var probe = CreateTestProbe();
        service.Record(Pid, probe);

        var recovered = await probe.ExpectMsgAsync<Recovered>();
        Assert.Equal("acknowledged", recovered.Events[0]);
        Assert.Contains(recovered.Events.Count, new[] { 1, 4 });
    }

    private EventEnvelope[] StoredEnvelopes()
    {
        using var log = FileLog.Open(new FileLogSettings { Directory = "/retain/journal", ReadOnly = true }, _memory);
        return [.. log.Read(Pid, 1, long.MaxValue, long.MaxValue)
            .Select(record => EventEnvelopeCodec.Decode(record.Payload, out _)!)];
    }
}
