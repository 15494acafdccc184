using Akka.Persistence.Query;

namespace RetainActors.Persistence.Tests.Suite;

public sealed class FileAllEventsSpecs() : AllEventsSpecs(TestJournal.File());

public sealed class MemoryAllEventsSpecs() : AllEventsSpecs(TestJournal.Memory());

/// <summary>What Akka.Persistence.Query requires of the query for all events.</summary>
public abstract class AllEventsSpecs(TestJournal journal) : QueryTestBase(journal)
{
    [Fact(DisplayName = "CurrentAllEvents should give the events of all ids in the order they were written, and complete")]
    public async Task Global_order()
    {
        await AppendAsync("a", (1, "1"));
        await AppendAsync("b", (1, "2"), (2, "3"));
        await AppendAsync("a", (2, "4"));
        await AppendAsync("c", (1, Tag("5", "red")));

        var all = await AllOfAsync(Queries.CurrentAllEvents(Offset.NoOffset()));

        Assert.Equal(["1", "2", "3", "4", "5"], Payloads(all));
        Assert.Equal(["a", "b", "b", "a", "c"], all.Select(e => e.PersistenceId));
        Assert.Equal(["red"], all[^1].Tags);
    }

    [Fact(DisplayName = "CurrentAllEvents should complete on an empty journal")]
    public async Task Empty() => Assert.Empty(await AllOfAsync(Queries.CurrentAllEvents(Offset.NoOffset())));

    [Fact(DisplayName = "CurrentAllEvents should not deliver what was written after it had started")]
    public async Task Is_fixed()
    {
        await AppendAsync("a", (1, "1"));
        await AppendAsync("b", (1, "2"));
        await AppendAsync("a", (2, "3"));
        var stream = Run(Queries.CurrentAllEvents(Offset.NoOffset()));
        await stream.RequestAsync(2);
        Assert.Equal(["1", "2"], Payloads(await stream.NextAsync(2)));
        await stream.NothingAsync();

        await AppendAsync("a", (3, "4"));
        await AppendAsync("c", (1, "5"));
        await stream.RequestAsync(5);

        Assert.Equal("3", (await stream.NextAsync()).Event);
        await stream.CompletedAsync();
    }

    [Fact(DisplayName = "CurrentAllEvents should go on behind any offset it gave")]
    public async Task Resumes()
    {
        for (var n = 1; n <= 40; n++) await AppendAsync($"id-{n % 3}", (n, $"{n}"));
        var all = await AllOfAsync(Queries.CurrentAllEvents(Offset.Sequence(0)));
        Assert.Equal(40, all.Count);

        for (var i = 0; i < all.Count; i++)
            Assert.Equal(Payloads(all.Skip(i + 1)), Payloads(await AllOfAsync(Queries.CurrentAllEvents(all[i].Offset))));
    }

    [Fact(DisplayName = "CurrentAllEvents should leave out what was deleted and go on behind a deleted event")]
    public async Task Deleted()
    {
        for (var n = 1; n <= 9; n++) await AppendAsync($"id-{n % 3}", (n, $"{n}"));
        var all = await AllOfAsync(Queries.CurrentAllEvents(Offset.NoOffset()));
        await DeleteAsync("id-1", 4);
        await DeleteAsync("id-2", long.MaxValue);

        Assert.Equal(["3", "6", "7", "9"], Payloads(await AllOfAsync(Queries.CurrentAllEvents(Offset.NoOffset()))));
        Assert.Equal(["6", "7", "9"], Payloads(await AllOfAsync(Queries.CurrentAllEvents(all[3].Offset))));
    }

    [Fact(DisplayName = "CurrentAllEvents should read beyond one page")]
    public async Task Many()
    {
        for (var n = 1; n <= 300; n += 3) await AppendAsync($"id-{n % 7}", (n, $"{n}"), (n + 1, $"{n + 1}"), (n + 2, $"{n + 2}"));

        Assert.Equal(
            Enumerable.Range(1, 300).Select(n => $"{n}"),
            Payloads(await AllOfAsync(Queries.CurrentAllEvents(Offset.NoOffset()))));
    }

    [Fact(DisplayName = "CurrentAllEvents should leave no event out when it goes on again and again while many write")]
    public async Task Misses_nothing()
    {
        var writers = Enumerable.Range(0, 8).Select(id => Task.Run(async () =>
        {
            for (var n = 1; n <= 50; n++) await AppendAsync($"id-{id}", (n, $"{id}/{n}"));
        })).ToArray();
        var seen = new List<EventEnvelopeKey>();
        var offset = Offset.NoOffset();
        while (seen.Count < 400)
        {
            foreach (var envelope in await AllOfAsync(Queries.CurrentAllEvents(offset)))
            {
                seen.Add(new EventEnvelopeKey(envelope.PersistenceId, envelope.SequenceNr));
                offset = envelope.Offset;
            }
            if (writers.All(writer => writer.IsCompleted) && seen.Count < 400) break;
        }
        await Task.WhenAll(writers);
        seen.AddRange((await AllOfAsync(Queries.CurrentAllEvents(offset)))
            .Select(e => new EventEnvelopeKey(e.PersistenceId, e.SequenceNr)));

        Assert.Equal(400, seen.Count);
        Assert.Equal(400, seen.Distinct().Count());
    }

    [Fact(DisplayName = "CurrentAllEvents should refuse an offset of another kind")]
    public void Refuses_offset() =>
        Assert.Throws<ArgumentException>(() => Queries.CurrentAllEvents(Offset.TimeBasedUuid(Guid.NewGuid())));

    private sealed record EventEnvelopeKey(string Id, long SequenceNr);
}
