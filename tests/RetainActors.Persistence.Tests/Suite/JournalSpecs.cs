using Akka.Actor;
using Akka.Persistence;

namespace RetainActors.Persistence.Tests.Suite;

public sealed class FileJournalSpecs() : JournalSpecs(TestJournal.File());

public sealed class MemoryJournalSpecs() : JournalSpecs(TestJournal.Memory());

/// <summary>What Akka.Persistence requires of every journal: writing, replaying and deleting.</summary>
public abstract class JournalSpecs(TestJournal journal)
    : JournalTestBase(journal, extra: "akka.persistence.publish-plugin-commands = on"), IAsyncLifetime
{
    /// <summary>Events a-1 to a-5 in one batch of four atomic writes, the last one of two events.</summary>
    public async Task InitializeAsync()
    {
        var answers = await WriteAsync(
            Atomic(Event(1, "a-1")), Atomic(Event(2, "a-2")), Atomic(Event(3, "a-3")), Atomic(Event(4, "a-4"), Event(5, "a-5")));

        Assert.IsType<WriteMessagesSuccessful>(answers[0]);
        for (var i = 1; i <= 5; i++)
        {
            var success = Assert.IsType<WriteMessageSuccess>(answers[i]);
            var stored = success.Persistent;
            Assert.Equal(
                (i, Pid, $"a-{i}", WriterGuid),
                (stored.SequenceNr, stored.PersistenceId, stored.Payload, stored.WriterGuid));
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact(DisplayName = "A journal should replay all events with their payload, id, number and writer")]
    public async Task Replays_all()
    {
        var (events, end) = await ReplayAsync();

        Assert.Equal(5, Assert.IsType<RecoverySuccess>(end).HighestSequenceNr);
        Assert.Equal([1, 2, 3, 4, 5], events.Select(e => e.SequenceNr));
        Assert.All(events, e =>
        {
            Assert.Equal((Pid, $"a-{e.SequenceNr}", WriterGuid, false), (e.PersistenceId, e.Payload, e.WriterGuid, e.IsDeleted));
            Assert.True(e.Sender is null || e.Sender.Equals(Sys.DeadLetters));
        });
    }

    [Theory(DisplayName = "A journal should replay within its bounds and limit and always say the highest number")]
    [InlineData(3, long.MaxValue, long.MaxValue, new long[] { 3, 4, 5 })]
    [InlineData(1, 3, long.MaxValue, new long[] { 1, 2, 3 })]
    [InlineData(1, long.MaxValue, 3, new long[] { 1, 2, 3 })]
    [InlineData(2, 3, long.MaxValue, new long[] { 2, 3 })]
    [InlineData(2, 5, 2, new long[] { 2, 3 })]
    [InlineData(2, 2, long.MaxValue, new long[] { 2 })]
    [InlineData(2, 4, 1, new long[] { 2 })]
    [InlineData(1, long.MaxValue, 0, new long[] { })]
    [InlineData(3, 2, long.MaxValue, new long[] { })]
    [InlineData(0, 2, long.MaxValue, new long[] { 1, 2 })]
    [InlineData(-7, 2, long.MaxValue, new long[] { 1, 2 })]
    [InlineData(6, long.MaxValue, long.MaxValue, new long[] { })]
    public async Task Replays_within_bounds(long from, long to, long max, long[] expected)
    {
        var (events, end) = await ReplayAsync(from, to, max);

        Assert.Equal(expected, events.Select(e => e.SequenceNr));
        Assert.Equal(5, Assert.IsType<RecoverySuccess>(end).HighestSequenceNr);
    }

    [Fact(DisplayName = "A journal should replay nothing of an unknown id and say 0")]
    public async Task Replays_unknown_id()
    {
        var (events, end) = await ReplayAsync(from: 0, id: "unknown-" + Pid);

        Assert.Empty(events);
        Assert.Equal(0, Assert.IsType<RecoverySuccess>(end).HighestSequenceNr);
    }

    [Fact(DisplayName = "A journal should delete up to a number, publish the command and keep the highest number")]
    public async Task Deletes_up_to()
    {
        var probe = CreateTestProbe();
        var published = CreateTestProbe();
        Sys.EventStream.Subscribe(published, typeof(DeleteMessagesTo));

        Journal.Tell(new DeleteMessagesTo(Pid, 3, probe));

        Assert.Equal(3, (await probe.ExpectMsgAsync<DeleteMessagesSuccess>()).ToSequenceNr);
        Assert.Equal(3, (await published.ExpectMsgAsync<DeleteMessagesTo>()).ToSequenceNr);
        var (events, end) = await ReplayAsync();
        Assert.Equal([4, 5], events.Select(e => e.SequenceNr));
        Assert.Equal(5, Assert.IsType<RecoverySuccess>(end).HighestSequenceNr);
        await probe.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact(DisplayName = "A journal should delete everything, keep the highest number and go on above it")]
    public async Task Deletes_everything()
    {
        var probe = CreateTestProbe();

        Journal.Tell(new DeleteMessagesTo(Pid, long.MaxValue, probe));

        Assert.Equal(long.MaxValue, (await probe.ExpectMsgAsync<DeleteMessagesSuccess>()).ToSequenceNr);
        var (events, end) = await ReplayAsync();
        Assert.Empty(events);
        Assert.Equal(5, Assert.IsType<RecoverySuccess>(end).HighestSequenceNr);

        await StoreAsync((6, "a-6"));
        Assert.Equal(["a-6"], (await ReplayAsync()).Events.Select(e => e.Payload));
    }

    [Fact(DisplayName = "A journal should accept a delete of an unknown id and a repeated one")]
    public async Task Deletes_again()
    {
        var probe = CreateTestProbe();
        foreach (var id in new[] { "unknown-" + Pid, Pid, Pid })
        {
            Journal.Tell(new DeleteMessagesTo(id, 2, probe));
            await probe.ExpectMsgAsync<DeleteMessagesSuccess>();
        }

        Assert.Equal([3, 4, 5], (await ReplayAsync()).Events.Select(e => e.SequenceNr));
    }
}
