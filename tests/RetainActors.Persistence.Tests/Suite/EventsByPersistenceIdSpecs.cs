using Akka.Persistence.Query;

namespace RetainActors.Persistence.Tests.Suite;

public sealed class FileEventsByPersistenceIdSpecs() : EventsByPersistenceIdSpecs(TestJournal.File());

public sealed class MemoryEventsByPersistenceIdSpecs() : EventsByPersistenceIdSpecs(TestJournal.Memory());

/// <summary>What Akka.Persistence.Query requires of the queries for the events of one id.</summary>
public abstract class EventsByPersistenceIdSpecs(TestJournal journal) : QueryTestBase(journal)
{
    [Fact(DisplayName = "CurrentEventsByPersistenceId should give the events in order, as they are asked for, and complete")]
    public async Task Current()
    {
        await AppendAsync(Pid, (1, "a"), (2, "b"), (3, "c"));
        var stream = Run(Queries.CurrentEventsByPersistenceId(Pid, 0, long.MaxValue));
        await stream.RequestAsync(2);
        Assert.Equal(["a", "b"], Payloads(await stream.NextAsync(2)));
        await stream.NothingAsync();

        await stream.RequestAsync(2);

        Assert.Equal("c", (await stream.NextAsync()).Event);
        await stream.CompletedAsync();
    }

    [Fact(DisplayName = "CurrentEventsByPersistenceId should give an envelope with id, number, time, tags and offset")]
    public async Task Current_envelope()
    {
        var before = DateTime.UtcNow.Ticks;
        await AppendAsync(Pid, (7, Tag("a", "red", "blue")));

        var envelope = Assert.Single(await AllOfAsync(Queries.CurrentEventsByPersistenceId(Pid, 0, long.MaxValue)));

        Assert.Equal((Pid, 7L, "a"), (envelope.PersistenceId, envelope.SequenceNr, envelope.Event));
        Assert.InRange(envelope.Timestamp, before, DateTime.UtcNow.Ticks);
        Assert.Equal(["blue", "red"], envelope.Tags.Order());
        Assert.True(Assert.IsType<Sequence>(envelope.Offset).Value > 0);
    }

    [Theory(DisplayName = "CurrentEventsByPersistenceId should include both bounds and be empty between wrong ones")]
    [InlineData(0, long.MaxValue, new[] { "1", "2", "3", "4" })]
    [InlineData(-5, 2, new[] { "1", "2" })]
    [InlineData(2, 3, new[] { "2", "3" })]
    [InlineData(4, 4, new[] { "4" })]
    [InlineData(0, 0, new string[0])]
    [InlineData(3, 2, new string[0])]
    [InlineData(5, 9, new string[0])]
    public async Task Current_bounds(long from, long to, string[] expected)
    {
        await AppendAsync(Pid, (1, "1"), (2, "2"), (3, "3"), (4, "4"));

        Assert.Equal(expected, Payloads(await AllOfAsync(Queries.CurrentEventsByPersistenceId(Pid, from, to))));
    }

    [Theory(DisplayName = "CurrentEventsByPersistenceId should complete on an empty journal")]
    [InlineData(0, 0)]
    [InlineData(0, long.MaxValue)]
    public async Task Current_empty(long from, long to) =>
        Assert.Empty(await AllOfAsync(Queries.CurrentEventsByPersistenceId(Pid, from, to)));

    [Fact(DisplayName = "CurrentEventsByPersistenceId should not deliver an event that was written after it had started")]
    public async Task Current_is_fixed()
    {
        await AppendAsync(Pid, (1, "a"), (2, "b"), (3, "c"));
        var stream = Run(Queries.CurrentEventsByPersistenceId(Pid, 0, long.MaxValue));
        await stream.RequestAsync(2);
        await stream.NextAsync(2);

        await AppendAsync(Pid, (4, "d"));
        await stream.RequestAsync(5);

        Assert.Equal("c", (await stream.NextAsync()).Event);
        await stream.CompletedAsync();
    }

    [Theory(DisplayName = "CurrentEventsByPersistenceId should not show what was deleted")]
    [InlineData(2, new[] { "c" })]
    [InlineData(long.MaxValue, new string[0])]
    public async Task Current_deleted(long to, string[] expected)
    {
        await AppendAsync(Pid, (1, "a"), (2, "b"), (3, "c"));
        await DeleteAsync(Pid, to);

        Assert.Equal(expected, Payloads(await AllOfAsync(Queries.CurrentEventsByPersistenceId(Pid, 0, long.MaxValue))));
        Assert.Empty(await AllOfAsync(Queries.CurrentEventsByPersistenceId(Pid, 0, 0)));
    }

    [Fact(DisplayName = "CurrentEventsByPersistenceId should read beyond one page, also across numbers that were never used")]
    public async Task Current_many()
    {
        var events = Enumerable.Range(1, 350).Select(n => ((long)n * 3, (object)$"{n}")).ToArray();
        await AppendAsync(Pid, events);

        var all = await AllOfAsync(Queries.CurrentEventsByPersistenceId(Pid, 0, long.MaxValue));

        Assert.Equal(events.Select(e => e.Item2), Payloads(all));
        Assert.Equal(all.Select(e => ((Sequence)e.Offset).Value).Order().Distinct(), all.Select(e => ((Sequence)e.Offset).Value));
    }

    [Fact(DisplayName = "EventsByPersistenceId should give the events there are and push new ones")]
    public async Task Live()
    {
        await AppendAsync(Pid, (1, "a"), (2, "b"));
        var stream = Run(Queries.EventsByPersistenceId(Pid, 0, long.MaxValue));
        await stream.RequestAsync(10);
        Assert.Equal(["a", "b"], Payloads(await stream.NextAsync(2)));
        await stream.NothingAsync();

        await AppendAsync("another", (1, "not this"));
        await AppendAsync(Pid, (3, "c"), (4, "d"));
        Assert.Equal(["c", "d"], Payloads(await stream.NextAsync(2)));
        await AppendAsync(Pid, (5, "e"));

        Assert.Equal("e", (await stream.NextAsync()).Event);
        await stream.NothingAsync();
    }

    [Fact(DisplayName = "EventsByPersistenceId should complete when its upper bound is reached")]
    public async Task Live_bounded()
    {
        var stream = Run(Queries.EventsByPersistenceId(Pid, 2, 3));
        await stream.RequestAsync(10);

        await AppendAsync(Pid, (1, "a"), (2, "b"));
        Assert.Equal("b", (await stream.NextAsync()).Event);
        await AppendAsync(Pid, (3, "c"), (4, "d"));

        Assert.Equal("c", (await stream.NextAsync()).Event);
        await stream.CompletedAsync();
    }

    [Fact(DisplayName = "EventsByPersistenceId should complete when the number of its upper bound was passed over")]
    public async Task Live_bound_in_a_gap()
    {
        var stream = Run(Queries.EventsByPersistenceId(Pid, 0, 3));
        await stream.RequestAsync(10);

        await AppendAsync(Pid, (1, "a"));
        Assert.Equal("a", (await stream.NextAsync()).Event);
        await AppendAsync(Pid, (5, "e"));

        await stream.CompletedAsync();
    }

    [Fact(DisplayName = "EventsByPersistenceId should never give more than was asked for")]
    public async Task Live_respects_demand()
    {
        await AppendAsync(Pid, (1, "a"), (2, "b"), (3, "c"));
        var stream = Run(Queries.EventsByPersistenceId(Pid, 0, long.MaxValue));
        await stream.RequestAsync(2);
        Assert.Equal(["a", "b"], Payloads(await stream.NextAsync(2)));
        await AppendAsync(Pid, (4, "d"));
        await stream.NothingAsync();

        await stream.RequestAsync(5);

        Assert.Equal(["c", "d"], Payloads(await stream.NextAsync(2)));
    }

    [Fact(DisplayName = "EventsByPersistenceId should miss nothing while events are written as fast as they can be")]
    public async Task Live_misses_nothing()
    {
        const int count = 1000;
        var stream = Run(Queries.EventsByPersistenceId(Pid, 0, count));
        await stream.RequestAsync(long.MaxValue);
        var writing = Task.Run(async () =>
        {
            for (var n = 1; n <= count; n += 2) await AppendAsync(Pid, (n, $"{n}"), (n + 1, $"{n + 1}"));
        });

        var received = await stream.NextAsync(count);

        Assert.Equal(Enumerable.Range(1, count).Select(n => (long)n), received.Select(e => e.SequenceNr));
        await stream.CompletedAsync();
        await writing;
    }
}
