using Akka.Actor;
using RetainActors.Checkpoints;

namespace RetainActors.Cluster.Tests;

/// <summary>Three nodes, each an actor system with a port of its own, on one database.</summary>
[Collection(PostgresTests.Name)]
public sealed class ClusterSpecs(PostgresFixture postgres)
{
    private const int Keys = 40;

    [SkippableFact(DisplayName = "What is saved on one node should be loaded on every other, whichever node holds the key")]
    public async Task Everywhere()
    {
        await using var nodes = new Nodes(postgres.NewDatabase());
        var clients = (await nodes.StartManyAsync(3)).Select(Nodes.Client).ToArray();
        for (var i = 0; i < Keys; i++) Assert.Equal(1, await clients[i % 3].SaveAsync(Context(Key(i), i)));
        for (var i = 0; i < Keys; i++)
            foreach (var client in clients)
                Assert.Equal(Context(Key(i), i), (await client.LoadAsync(Key(i)))!.Context);
    }

    [SkippableFact(DisplayName = "A context near the limit should pass between nodes, and one that fits no frame be TooLarge before it is sent")]
    public async Task Large()
    {
        await using var nodes = new Nodes(postgres.NewDatabase(), "retain.checkpoint.max-record-size = 16 MiB");
        var clients = (await nodes.StartManyAsync(2)).Select(Nodes.Client).ToArray();
        for (var i = 0; i < 4; i++)
        {
            var large = Context(Key(i), i) with { Entities = [new string('x', 4_900_000)] };
            Assert.Equal(1, await clients[0].SaveAsync(large));
            Assert.Equal(large, (await clients[1].LoadAsync(Key(i)))!.Context);
            var refused = await Assert.ThrowsAsync<SaveRefusedException>(
                () => clients[i % 2].SaveAsync(large with { Entities = [new string('x', 5_300_000)] }));
            Assert.Equal(RefuseReason.TooLarge, refused.Reason);
        }
    }

    [Trait("Category", "Soak")]
    [SkippableFact(DisplayName = "A rolling restart under load should lose no acknowledged save and leave no request without an answer")]
    public async Task Rolling_restart()
    {
        var database = postgres.NewDatabase();
        await using var nodes = new Nodes(database);
        var systems = (await nodes.StartManyAsync(3)).ToList();
        using var stop = new CancellationTokenSource();
        // The writers are on a node that stays: a client that is stopped with its node answers that it was.
        var stays = await nodes.StartAsync();
        var load = Writing.StartAsync(Nodes.Client(stays), Keys, stop.Token);
        foreach (var system in systems)
        {
            await CoordinatedShutdown.Get(system).Run(CoordinatedShutdown.ClrExitReason.Instance);
            await nodes.StartAsync();
        }

        await stop.CancelAsync();
        var acknowledged = await load;
        Assert.True(acknowledged.Values.Min() >= 1, "a key was never saved");
        foreach (var (key, number) in acknowledged)
            Assert.Equal($"{number}", (await Nodes.Client(stays).LoadAsync(key))!.Context.DocumentId);
        Assert.Empty(database.Query("SELECT persistence_id FROM journal GROUP BY persistence_id, sequence_number HAVING count(*) > 1"));
    }

    [Trait("Category", "Soak")]
    [SkippableFact(DisplayName = "Nodes that are killed with SIGKILL under load should cost time and no acknowledged save")]
    public async Task Nodes_killed()
    {
        var database = postgres.NewDatabase();
        await using var nodes = new Nodes(database, $"{Acknowledged.KeepRows}\nretain.checkpoint.client.request-timeout = 120 s");
        // The writers are here; the nodes that come and go hold their share of the keys.
        var here = await nodes.StartAsync();
        var seed = Akka.Cluster.Cluster.Get(here).SelfAddress.ToString();
        var others = new List<NodeProcess>();
        try
        {
            for (var i = 0; i < 2; i++) others.Add(await NodeProcess.StartAsync(database, seed, Acknowledged.KeepRows));
            using var stop = new CancellationTokenSource();
            var load = Writing.StartAsync(Nodes.Client(here), Keys, stop.Token);
            for (var i = 0; i < 2; i++)
            {
                await Writing.NodesWriteAsync(database, 3 + i);
                await Writing.SomeSavesAsync(database, 200);
                others[i].Kill();
                // Every key again, those of the dead node too.
                await Writing.EveryKeyAsync(database, Keys);
                others.Add(await NodeProcess.StartAsync(database, seed, Acknowledged.KeepRows));
            }

            await stop.CancelAsync();
            foreach (var (key, number) in await load)
                Assert.Equal($"{number}", (await Nodes.Client(here).LoadAsync(key))!.Context.DocumentId);
            Assert.Empty(database.Query("SELECT persistence_id FROM journal GROUP BY persistence_id, sequence_number HAVING count(*) > 1"));
        }
        finally
        {
            foreach (var node in others) node.Dispose();
        }
    }

    [Trait("Category", "Soak")]
    [SkippableFact(DisplayName = "A database that is killed and comes back should cost time and nothing else")]
    public async Task Database_killed()
    {
        Skip.IfNot(postgres.Server.IsPrivate, "kills the server");
        using var server = PostgresServer.Require();
        var database = new Database(server.ConnectionString);
        await using var nodes = new Nodes(database, "retain.checkpoint.client.request-timeout = 60 s");
        var systems = await nodes.StartManyAsync(2);
        using var stop = new CancellationTokenSource();
        var load = Writing.StartAsync(Nodes.Client(systems[0]), Keys, stop.Token);
        for (var i = 0; i < 3; i++)
        {
            await Writing.SomeSavesAsync(database, 50);
            server.Kill();
            server.Start();
        }

        await Writing.SomeSavesAsync(database, 50);
        await stop.CancelAsync();
        foreach (var (key, number) in await load)
            Assert.Equal($"{number}", (await Nodes.Client(systems[1]).LoadAsync(key))!.Context.DocumentId);
        Assert.Empty(database.Query("SELECT persistence_id FROM journal GROUP BY persistence_id, sequence_number HAVING count(*) > 1"));
    }

    private static CheckpointKey Key(int number) => Writing.Key(number);

    private static RetainContext Context(CheckpointKey key, int number) => Writing.Context(key, number);
}
