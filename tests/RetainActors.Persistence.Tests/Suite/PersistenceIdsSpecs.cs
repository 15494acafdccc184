namespace RetainActors.Persistence.Tests.Suite;

public sealed class FilePersistenceIdsSpecs() : PersistenceIdsSpecs(TestJournal.File());

public sealed class MemoryPersistenceIdsSpecs() : PersistenceIdsSpecs(TestJournal.Memory());

/// <summary>What Akka.Persistence.Query requires of the queries for ids.</summary>
public abstract class PersistenceIdsSpecs(TestJournal journal) : QueryTestBase(journal)
{
    [Fact(DisplayName = "CurrentPersistenceIds should give every id once and complete")]
    public async Task Current()
    {
        await AppendAsync("a", [.. Enumerable.Range(1, 100).Select(n => ((long)n, (object)"x"))]);
        await AppendAsync("b", (1, "x"));
        await AppendAsync("c", (1, "x"));

        Assert.Equal(["a", "b", "c"], (await AllOfAsync(Queries.CurrentPersistenceIds())).Order());
    }

    [Fact(DisplayName = "CurrentPersistenceIds should complete on an empty journal")]
    public async Task Current_empty() => Assert.Empty(await AllOfAsync(Queries.CurrentPersistenceIds()));

    [Fact(DisplayName = "CurrentPersistenceIds should not deliver an id that came after it had started")]
    public async Task Current_is_fixed()
    {
        foreach (var id in new[] { "a", "b", "c" }) await AppendAsync(id, (1, "x"));
        var stream = Run(Queries.CurrentPersistenceIds());
        await stream.RequestAsync(2);
        var first = await stream.NextAsync(2);
        await stream.NothingAsync();

        await AppendAsync("d", (1, "x"));
        await stream.RequestAsync(5);

        Assert.Equal(["a", "b", "c"], first.Append(await stream.NextAsync()).Order());
        await stream.CompletedAsync();
    }

    [Fact(DisplayName = "CurrentPersistenceIds should keep an id whose events are all deleted")]
    public async Task Current_deleted()
    {
        await AppendAsync("a", (1, "x"));
        await DeleteAsync("a", long.MaxValue);

        Assert.Equal(["a"], await AllOfAsync(Queries.CurrentPersistenceIds()));
    }

    [Fact(DisplayName = "PersistenceIds should give the ids there are and then each new one, once")]
    public async Task Live()
    {
        await AppendAsync("a", (1, "x"));
        var stream = Run(Queries.PersistenceIds());
        await stream.RequestAsync(10);
        Assert.Equal("a", await stream.NextAsync());

        await AppendAsync("b", (1, "x"));
        Assert.Equal("b", await stream.NextAsync());
        await AppendAsync("a", (2, "x"), (3, "x"));
        await AppendAsync("b", (2, "x"));
        await AppendAsync("c", (1, "x"));

        Assert.Equal("c", await stream.NextAsync());
        await stream.NothingAsync();
    }

    [Fact(DisplayName = "PersistenceIds should never give more than was asked for, and keep the rest")]
    public async Task Live_respects_demand()
    {
        await AppendAsync("a", (1, "x"));
        await AppendAsync("b", (1, "x"));
        var stream = Run(Queries.PersistenceIds());
        await stream.RequestAsync(1);
        var received = new List<string> { await stream.NextAsync() };
        await stream.NothingAsync();

        await AppendAsync("c", (1, "x"));
        await stream.NothingAsync();
        await stream.RequestAsync(1);
        received.Add(await stream.NextAsync());
        await stream.NothingAsync();
        await stream.RequestAsync(3);
        received.Add(await stream.NextAsync());

        Assert.Equal(["a", "b", "c"], received.Order());
        await AppendAsync("d", (1, "x"));
        Assert.Equal("d", await stream.NextAsync());
    }

    [Fact(DisplayName = "PersistenceIds should start on an empty journal")]
    public async Task Live_empty()
    {
        var stream = Run(Queries.PersistenceIds());
        await stream.RequestAsync(2);
        await stream.NothingAsync();

        await AppendAsync("a", (1, "x"));

        Assert.Equal("a", await stream.NextAsync());
        await stream.CancelAsync();
        await AppendAsync("b", (1, "x"));
        await stream.NothingAsync();
    }
}
