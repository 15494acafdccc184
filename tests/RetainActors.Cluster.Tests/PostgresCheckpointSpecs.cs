using Akka.Actor;
using Npgsql;
using RetainActors.Checkpoints;
using RetainActors.Cluster.Postgres;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Cluster.Tests;

/// <summary>One node, its checkpoints in PostgreSQL: everything that they do on the file journal.</summary>
[Collection(PostgresTests.Name)]
public sealed class PostgresCheckpointSpecs(PostgresFixture postgres)
{
    private static readonly CheckpointKey Key = new("bank", "docs/source.md");

    [SkippableFact(DisplayName = "Saves, history, rewind, copy, delete and trimming should work on PostgreSQL, over restarts of the node")]
    public async Task Everything()
    {
        var database = postgres.NewDatabase();
        await using (var nodes = new Nodes(database))
        {
            var client = Nodes.Client(await nodes.StartAsync());
            Assert.Null(await client.LoadAsync(Key));
            for (var i = 1; i <= 40; i++) Assert.Equal(i, await client.SaveAsync(Context(Key, i)));
            Assert.Equal("40", (await client.LoadAsync(Key))!.Context.DocumentId);
        }

        await using (var nodes = new Nodes(database))
        {
            var system = await nodes.StartAsync();
            var client = Nodes.Client(system);
            Assert.Equal("40", (await client.LoadAsync(Key))!.Context.DocumentId);
            var history = await AskAsync<HistoryPage>(system, new History(Key, Limit: 5));
            Assert.Equal([40L, 39, 38, 37, 36], history.Revisions.Select(revision => revision.Revision));
            Assert.Equal("37", (await AskAsync<Loaded>(system, new Load(Key, 37))).Context.DocumentId);
            Assert.Equal(41, (await AskAsync<Saved>(system, new Rewind(Key, 36))).Revision);
            Assert.Equal("36", (await client.LoadAsync(Key))!.Context.DocumentId);
            var copy = new CheckpointKey("bank", "copy");
            Assert.Equal(1, (await AskAsync<Saved>(system, new Copy(Key, copy))).Revision);
            Assert.Equal("36", (await client.LoadAsync(copy))!.Context.DocumentId);
            var pruned = await AskAsync<Pruned>(system, new Prune(Key));
            Assert.True(pruned.FirstKept > 1, $"nothing was trimmed of 41 revisions: {pruned}");
            Assert.True(await client.DeleteAsync(Key));
            Assert.False(await client.DeleteAsync(Key));
        }

        await using (var nodes = new Nodes(database))
        {
            var client = Nodes.Client(await nodes.StartAsync());
            Assert.Null(await client.LoadAsync(Key));
            Assert.Equal(43, await client.SaveAsync(Context(Key, 1), expectedRevision: 0));
        }

        var rows = database.Query($"SELECT sequence_number FROM journal WHERE persistence_id = '{Key.PersistenceId}' AND NOT deleted ORDER BY 1");
        Assert.True(rows.Count < 43, "no row was removed");
        Assert.Equal("43", rows[^1]);
    }

    [SkippableFact(DisplayName = "A node that fell silent between its insert and its commit should hold the key no longer than the bound")]
    public async Task Held_key()
    {
        var database = postgres.NewDatabase();
        await using var nodes = new Nodes(database);
        var client = Nodes.Client(await nodes.StartAsync("retain.cluster.idle-in-transaction-timeout = 2 s"));
        Assert.Equal(1, await client.SaveAsync(Context(Key, 1)));

        // As a paused node leaves it: the next revision inserted on a connection like the nodes', and no word more.
        await using var silent = new NpgsqlConnection(SessionOptions.Bounded(database.ConnectionString, TimeSpan.FromSeconds(2)));
        await silent.OpenAsync();
        await using var begun = await silent.BeginTransactionAsync();
        await using var insert = new NpgsqlCommand(
            """
            INSERT INTO journal (created, deleted, persistence_id, sequence_number, message, manifest, identifier, writer_uuid)
            SELECT created, deleted, persistence_id, sequence_number + 1, message, manifest, identifier, 'silent' FROM journal
            """,
            silent,
            begun);
        Assert.Equal(1, await insert.ExecuteNonQueryAsync());

        Assert.Equal(2, await client.SaveAsync(Context(Key, 2)));
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => begun.CommitAsync());
        Assert.DoesNotContain("silent", database.Query("SELECT writer_uuid FROM journal"));
    }

    [SkippableFact(DisplayName = "The longest and strangest ids should be stored under keys of at most 200 characters, each apart")]
    public async Task Long_ids()
    {
        var database = postgres.NewDatabase();
        await using var nodes = new Nodes(database);
        var client = Nodes.Client(await nodes.StartAsync());
        CheckpointKey[] keys =
        [
            new(new string('a', 98), new string('b', 98)),
            new(new string('ü', 512), new string('b', 1024)),
            new(new string('ü', 512), new string('b', 1023) + "c"),
            new("a'; DROP TABLE journal; --", "\"%s\"\\ \t"),
            new("a'; DROP TABLE journal; --", "\"%s\"\\ "),
        ];
        for (var i = 0; i < keys.Length; i++) Assert.Equal(1, await client.SaveAsync(Context(keys[i], i)));
        for (var i = 0; i < keys.Length; i++) Assert.Equal($"{i}", (await client.LoadAsync(keys[i]))!.Context.DocumentId);
        Assert.Equal("5|200", database.Query("SELECT count(DISTINCT persistence_id), max(length(persistence_id)) FROM journal").Single());
    }

    [SkippableFact(DisplayName = "A context near the limit should come back as it was, and one above it be refused as TooLarge")]
    public async Task Large()
    {
        await using var nodes = new Nodes(postgres.NewDatabase());
        var client = Nodes.Client(await nodes.StartAsync());
        var large = Context(Key, 1) with { Entities = [new string('x', 4_000_000)] };
        await client.SaveAsync(large);
        Assert.Equal(large, (await client.LoadAsync(Key))!.Context);
        var refused = await Assert.ThrowsAsync<SaveRefusedException>(() => client.SaveAsync(large with { Entities = [new string('x', 4_300_000)] }));
        Assert.Equal(RefuseReason.TooLarge, refused.Reason);
    }

    [SkippableFact(DisplayName = "Two clusters that write one key at once should never both be told one revision, and every save should have one answer")]
    public async Task Two_writers()
    {
        var answers = await RaceAsync(hasFence: true);
        Assert.Equal(answers.Rows.Distinct().Count(), answers.Rows.Count);
        Assert.Equal(answers.Saved.Distinct().Count(), answers.Saved.Count);
        Assert.All(answers.Saved, revision => Assert.Contains(revision, answers.Rows));
        Assert.True(answers.Saved.Count > 20, $"only {answers.Saved.Count} of {Writers * Saves} saves were acknowledged");
    }

    [SkippableFact(DisplayName = "Of two clusters that save on one revision one should be told Conflict, and a run that was replaced StaleEpoch")]
    public async Task Losers()
    {
        var database = postgres.NewDatabase();
        await using var one = new Nodes(database, Quick);
        await using var other = new Nodes(database, Quick);
        ActorSystem[] systems = [await one.StartAsync(), await other.StartAsync()];
        for (var revision = 0; revision < 10; revision++)
        {
            // Both know this revision, in memory, when they save.
            foreach (var system in systems) await AskAsync<ICheckpointReply>(system, new Load(Key));
            var replies = await Task.WhenAll(systems.Select((system, writer) =>
                AskAsync<ICheckpointReply>(system, new Save(Context(Key, writer), ExpectedRevision: revision))));
            Assert.Single(replies.OfType<Saved>(), saved => saved.Revision == revision + 1);
            Assert.True(replies.Count(reply => reply is SaveRefused { Reason: RefuseReason.Conflict }) == 1, string.Join(" and ", replies.AsEnumerable()));
        }

        var first = await AskAsync<Claimed>(systems[0], new Claim(Key));
        var second = await AskAsync<Claimed>(systems[1], new Claim(Key));
        Assert.True(second.Epoch > first.Epoch, $"{second.Epoch} after {first.Epoch}");
        Assert.Equal(RefuseReason.StaleEpoch, (await AskAsync<SaveRefused>(systems[0], new Save(Context(Key, 1), Epoch: first.Epoch))).Reason);
        await AskAsync<Saved>(systems[1], new Save(Context(Key, 1), Epoch: second.Epoch));
    }

    [SkippableFact(DisplayName = "Without the unique key two clusters should be seen to store one revision twice: the fence is what keeps them apart")]
    public async Task Two_writers_without_fence()
    {
        var answers = await RaceAsync(hasFence: false);
        Assert.True(answers.Rows.Distinct().Count() < answers.Rows.Count, "no revision was stored twice");
    }

    private const string Quick = "retain.checkpoint.restart-backoff { min = 10 ms, max = 50 ms }\nretain.checkpoint.retention.keep-revisions = off";
    private const int Writers = 2;
    private const int Saves = 40;

    /// <summary>Two nodes that do not know each other, as after a partition, save to one key; what was acknowledged and what is stored.</summary>
    private async Task<(List<long> Saved, List<long> Rows)> RaceAsync(bool hasFence)
    {
        var database = postgres.NewDatabase();
        await using var one = new Nodes(database, Quick);
        await using var other = new Nodes(database, Quick);
        ICheckpointClient[] clients = [Nodes.Client(await one.StartAsync()), Nodes.Client(await other.StartAsync())];
        // Both know the key before they write, so that neither learns of the other by recovering.
        foreach (var client in clients) await client.LoadAsync(Key);
        if (!hasFence) database.Execute("ALTER TABLE journal DROP CONSTRAINT journal_uq");

        var saved = await Task.WhenAll(clients.Select((client, writer) => Task.Run(async () =>
        {
            var revisions = new List<long>();
            for (var i = 0; i < Saves; i++)
            {
                try
                {
                    revisions.Add(await client.SaveAsync(Context(Key, (writer * Saves) + i)));
                }
                catch (CheckpointException)
                {
                    // Not acknowledged: whether it is stored is what the rows say.
                }
            }

            return revisions;
        })));
        var rows = database.Query($"SELECT sequence_number FROM journal WHERE persistence_id = '{Key.PersistenceId}'");
        return ([.. saved.SelectMany(revisions => revisions)], [.. rows.Select(row => long.Parse(row, System.Globalization.CultureInfo.InvariantCulture))]);
    }

    private static RetainContext Context(CheckpointKey key, int number) => new(key) { DocumentId = $"{number}", NextState = "NEXT" };

    private static Task<T> AskAsync<T>(ActorSystem system, ICheckpointCommand command) =>
        RetainCheckpoints.Get(system).ClientActor.Ask<T>(command, TimeSpan.FromSeconds(40));
}
