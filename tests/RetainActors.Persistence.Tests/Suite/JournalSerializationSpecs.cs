using Akka.Persistence;
using Akka.Persistence.Fsm;
using Akka.Persistence.Journal;

namespace RetainActors.Persistence.Tests.Suite;

public sealed class FileJournalSerializationSpecs() : JournalSerializationSpecs(TestJournal.File());

public sealed class MemoryJournalSerializationSpecs() : JournalSerializationSpecs(TestJournal.Memory());

/// <summary>What Akka.Persistence requires of every journal: what comes back is what the serializer made of the bytes.</summary>
public abstract class JournalSerializationSpecs(TestJournal journal) : JournalTestBase(journal, extra: TestSerializers.Config)
{
    [Fact(DisplayName = "A journal should serialize actor references with transport information and keep the writer")]
    public async Task Serializes_actor_references()
    {
        var probe = CreateTestProbe();

        var answers = await WriteAsync(Atomic(Event(6, new ReferencingEvent(probe))));

        var stored = Assert.IsType<WriteMessageSuccess>(answers[1]).Persistent;
        Assert.Equal((WriterGuid, Pid, 6L), (stored.WriterGuid, stored.PersistenceId, stored.SequenceNr));
        Assert.Equal(new ReferencingEvent(probe), stored.Payload);
        var (events, end) = await ReplayAsync();
        var replayed = Assert.Single(events);
        Assert.Equal((WriterGuid, Pid, 6L), (replayed.WriterGuid, replayed.PersistenceId, replayed.SequenceNr));
        Assert.Equal(new ReferencingEvent(probe), replayed.Payload);
        Assert.Equal(6, Assert.IsType<RecoverySuccess>(end).HighestSequenceNr);
    }

    [Fact(DisplayName = "A journal should reject the one atomic write that cannot be serialized and store the others")]
    public async Task Rejects_what_cannot_be_serialized()
    {
        var refused = new UnserializableEvent();

        var answers = await WriteAsync(Atomic(Event(6, "b-6")), Atomic(Event(7, refused)), Atomic(Event(8, "b-8")));

        Assert.IsType<WriteMessagesSuccessful>(answers[0]);
        Assert.Equal(6, Assert.IsType<WriteMessageSuccess>(answers[1]).Persistent.SequenceNr);
        var rejected = Assert.IsType<WriteMessageRejected>(answers[2]);
        Assert.Equal(7, rejected.Persistent.SequenceNr);
        Assert.Same(refused, rejected.Persistent.Payload);
        Assert.Null(rejected.Persistent.Sender);
        Assert.Equal(8, Assert.IsType<WriteMessageSuccess>(answers[3]).Persistent.SequenceNr);
        Assert.Equal(["b-6", "b-8"], (await ReplayAsync()).Events.Select(e => e.Payload));
    }

    [Fact(DisplayName = "A journal should reject a tagged null, which could not be recovered")]
    public async Task Rejects_null()
    {
        var answers = await WriteAsync(Atomic(Event(1, new Tagged(null!, ["tag"]))), Atomic(Event(2, "b")));

        Assert.IsType<ArgumentException>(Assert.IsType<WriteMessageRejected>(answers[1]).Cause);
        Assert.Equal(["b"], (await ReplayAsync()).Events.Select(e => e.Payload));
    }

    [Fact(DisplayName = "A journal should reject the whole of an atomic write in which one event cannot be serialized")]
    public async Task Rejects_an_atomic_write_as_a_whole()
    {
        var answers = await WriteAsync(Atomic(Event(1, "c-1"), Event(2, new UnserializableEvent())), Atomic(Event(3, "c-3")));

        Assert.IsType<WriteMessageRejected>(answers[1]);
        Assert.IsType<WriteMessageRejected>(answers[2]);
        Assert.Equal(["c-3"], (await ReplayAsync()).Events.Select(e => e.Payload));
    }

    [Fact(DisplayName = "A journal should bring an event back through a serializer with a type manifest")]
    public async Task Round_trips_a_type_manifest()
    {
        await StoreAsync((1, new TypedEvent("x")));

        Assert.Equal(new TypedEvent("x, read by TypedSerializer"), Assert.Single((await ReplayAsync()).Events).Payload);
    }

    [Fact(DisplayName = "A journal should bring an event back through a serializer with a string manifest")]
    public async Task Round_trips_a_string_manifest()
    {
        await StoreAsync((1, new NamedEvent("x")));

        Assert.Equal(new NamedEvent("x, read as NamedEvent-V2"), Assert.Single((await ReplayAsync()).Events).Payload);
    }

    [Theory(DisplayName = "A journal should keep the event manifest, also an empty one, apart from the serializer's")]
    [InlineData("")]
    [InlineData("adapter-manifest")]
    public async Task Keeps_the_event_manifest(string manifest)
    {
        await WriteAsync(Atomic(Event(1, new NamedEvent("x")).WithManifest(manifest)));

        Assert.Equal(manifest, Assert.Single((await ReplayAsync()).Events).Manifest);
    }

    [Fact(DisplayName = "A journal should bring a state change of a persistent state machine back")]
    public async Task Round_trips_a_state_change()
    {
        var change = new PersistentFSM.StateChangeEvent("init", TimeSpan.FromSeconds(342));

        await StoreAsync((1, change));

        var replayed = Assert.IsType<PersistentFSM.StateChangeEvent>(Assert.Single((await ReplayAsync()).Events).Payload);
        Assert.Equal((change.StateIdentifier, change.Timeout), (replayed.StateIdentifier, replayed.Timeout));
    }

    [Fact(DisplayName = "A journal should fail a replay, naming the event, when its serializer fails")]
    public async Task Fails_a_replay_that_cannot_be_deserialized()
    {
        await StoreAsync((1, "good"), (2, new UnreadableEvent()), (3, "good"));

        var (events, end) = await ReplayAsync();

        var unreadable = Assert.IsType<EventUnreadableException>(Assert.IsType<ReplayMessagesFailure>(end).Cause);
        Assert.Equal((Pid, 2L), (unreadable.PersistenceId, unreadable.SequenceNr));
        Assert.Contains("serializer 9903", unreadable.Message, StringComparison.Ordinal);
        Assert.Equal([1L], events.Select(e => e.SequenceNr));
    }
}
