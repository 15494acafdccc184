using Akka.Actor;
using Microsoft.Data.Sqlite;
using RetainActors.Checkpoints;

namespace RetainActors.Testing.Tests;

/// <summary>What a database keeps of checkpoints: seen in its tables.</summary>
public sealed class SqlJournalSpecs : IAsyncLifetime
{
    private readonly TempDirectory _root = new();
    private readonly List<ActorSystem> _systems = [];

    private static readonly CheckpointKey Key = new("bank", "source");

    private string File => _root.File("journal.db");

    [Fact(DisplayName = "The tables that Akka.Persistence.Sql makes should refuse a sequence number that is taken, which fences two instances")]
    public async Task Fence()
    {
        await Start().SaveAsync(new RetainContext(Key));
        Assert.Equal(
            ["persistence_id,sequence_number"],
            Query(
                """
                select group_concat(i.name) from pragma_index_list('journal') l, pragma_index_info(l.name) i
                where l."unique" and l.origin <> 'pk' group by l.name
                """));
    }

    [Fact(DisplayName = "Old revisions should be removed from the table, and ids of 200 characters fit it")]
    public async Task Trims()
    {
        var (key, client) = (new CheckpointKey(new string('\u00fc', 500), new string('s', 1024)), Start());
        for (var i = 1; i <= 60; i++) await client.SaveAsync(new RetainContext(key) { DocumentId = $"{i}" });
        await client.PruneAsync(key);
        var kept = (await client.HistoryAsync(key)).Revisions;
        Assert.InRange(kept.Length, 10, 40);

        await StopAsync();
        Assert.Equal("60", (await Start().LoadAsync(key))!.Context.DocumentId);
        await StopAsync();
        // The plugin keeps the newest of what it removed, for the highest number.
        Assert.InRange(int.Parse(Query($"select count(*) from journal where persistence_id = '{key.PersistenceId}'")[0], null), kept.Length, kept.Length + 1);
        Assert.InRange(key.PersistenceId.Length, 150, 200);
    }

    [Fact(DisplayName = "Two instances on one table should never both be told one revision, and every unknown save should have one truth")]
    public async Task Two_writers()
    {
        var key = new CheckpointKey("bank", "two writers");
        var clients = new[] { Start(), Start() };
        var truths = await Task.WhenAll(clients.SelectMany((client, writer) => Enumerable.Range(0, 10).Select(i => SaveAsync(client, key, $"{writer}-{i}"))));

        await StopAsync();
        var reader = Start();
        var revisions = truths.Select(truth => truth.Revision).OfType<long>().ToList();
        Assert.Equal(revisions.Distinct().Count(), revisions.Count);
        foreach (var (revision, value) in truths)
            if (revision is { } stored)
                Assert.Equal(value, (await reader.LoadAsync(key, stored))!.Context.DocumentId);
        Assert.True(revisions.Count > truths.Length / 2, $"only {revisions.Count} of {truths.Length} saves were stored");
    }

    [Fact(DisplayName = "A key that wanders from one instance to another and back should keep every save, with the replay filter off")]
    public async Task Wanders() => Assert.Equal("3", (await (await WanderAsync("off")).LoadAsync(Key))!.Context.DocumentId);

    [Fact(DisplayName = "With the replay filter failing, a key that wandered should be refused, since all events of an instance have one writer id")]
    public async Task Wanders_and_fails()
    {
        var reader = await WanderAsync("fail");
        Assert.Contains("newer writer", (await Assert.ThrowsAsync<CheckpointUnavailableException>(() => reader.LoadAsync(Key))).Message);
    }

    [Fact(DisplayName = "With Akka's default replay filter a key that wandered loses an acknowledged save (negative control)")]
    public async Task Wanders_and_loses() => Assert.NotEqual("3", (await (await WanderAsync("repair-by-discard-old")).LoadAsync(Key))!.Context.DocumentId);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await StopAsync();
        _root.Dispose();
    }

    /// <summary>Saves; what is unknown is asked for until it is known.</summary>
    private static async Task<(long? Revision, string Value)> SaveAsync(ICheckpointClient client, CheckpointKey key, string value)
    {
        var id = Guid.NewGuid();
        try
        {
            return (await client.SaveAsync(new RetainContext(key) { DocumentId = value }, id), value);
        }
        catch (SaveUnknownException)
        {
            return (await client.FindSaveAsync(key, id), value);
        }
        catch (SaveRefusedException)
        {
            return (null, value);
        }
    }

    /// <summary>Saves on one instance, on another, and on the first again; returns a third one that reads.</summary>
    private async Task<ICheckpointClient> WanderAsync(string replayFilter)
    {
        var (one, other) = (Start(), Start());
        await one.SaveAsync(new RetainContext(Key) { DocumentId = "1" });
        await other.SaveAsync(new RetainContext(Key) { DocumentId = "2" });
        await one.SaveAsync(new RetainContext(Key) { DocumentId = "3" });
        return Start(replayFilter);
    }

    private ICheckpointClient Start(string replayFilter = "off")
    {
        _systems.Add(Backend.Start(SqlJournal.ConfigFor(File, replayFilter)));
        return RetainCheckpoints.Get(_systems[^1]).Client;
    }

    private async Task StopAsync()
    {
        await Task.WhenAll(_systems.Select(system => system.Terminate()));
        _systems.Clear();
        SqliteConnection.ClearAllPools();
    }

    private List<string> Query(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read()) rows.Add(reader.GetValue(0).ToString()!);
        return rows;
    }
}
