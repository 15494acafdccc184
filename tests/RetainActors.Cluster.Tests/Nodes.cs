using Akka.Actor;
using Akka.Configuration;
using RetainActors.Checkpoints;
using RetainActors.Cluster.Postgres;

namespace RetainActors.Cluster.Tests;

/// <summary>Nodes of one cluster in this process, each an actor system with a port of its own.</summary>
internal sealed class Nodes(Database database, string common = "", Config? below = null) : IAsyncDisposable
{
    private readonly List<ActorSystem> _systems = [];

    public Database Database { get; } = database;

    /// <summary>The profile as a node in a test uses it: on 127.0.0.1, any free port, quick to notice a dead node.</summary>
    public static Config Config(Database database, string settings = "") =>
        ConfigurationFactory.ParseString(Settings(database, settings)).WithFallback(RetainCluster.Profile);

    /// <summary>What such a node has above the profile; the settings that are given stand above all.</summary>
    public static string Settings(Database database, string settings) =>
        $$"""
        retain.cluster.connection-string = {{Hocon.Quote(database.ConnectionString)}}
        # Ten looks at a gap in the order of events, which may be a write that is on its way, are a second each unless told otherwise.
        akka.persistence.query.journal.sql.journal-sequence-retrieval { query-delay = 20ms, max-tries = 10 }
        akka.loglevel = OFF
        akka.stdout-loglevel = OFF
        akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
        akka.cluster {
          # Akka takes the version of the program, and gives no shards to older ones: here programs differ.
          app-version = "1.0.0"
          split-brain-resolver.stable-after = 3 s
          failure-detector.acceptable-heartbeat-pause = 5 s
          sharding { rebalance-interval = 1 s, shard-start-timeout = 5 s, retry-interval = 500 ms }
        }
        akka.coordinated-shutdown.exit-clr = off
        {{settings}}
        """;

    /// <summary>Where a configured node stores events.</summary>
    public static JournalTables Tables(Database database) => JournalTables.From(RetainCluster.WithDefaults(Config(database)), "");

    /// <summary>Starts a node and waits until the cluster has it up.</summary>
    public async Task<ActorSystem> StartAsync(string settings = "")
    {
        var config = Config(Database, $"{settings}\n{common}");
        var system = ActorSystem.Create("retain", below is null ? config : config.WithFallback(below));
        _systems.Add(system);
        var cluster = Akka.Cluster.Cluster.Get(system);
        var first = _systems.Find(other => !other.WhenTerminated.IsCompleted)!;
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await cluster.JoinAsync(Akka.Cluster.Cluster.Get(first).SelfAddress, deadline.Token);
        return system;
    }

    /// <summary>Starts several nodes.</summary>
    public async Task<ActorSystem[]> StartManyAsync(int count)
    {
        var systems = new ActorSystem[count];
        for (var i = 0; i < count; i++) systems[i] = await StartAsync();
        return systems;
    }

    public static ICheckpointClient Client(ActorSystem system) => RetainCheckpoints.Get(system).Client;

    public async ValueTask DisposeAsync()
    {
        foreach (var system in _systems.AsEnumerable().Reverse()) await system.Terminate().WaitAsync(TimeSpan.FromSeconds(120));
        Npgsql.NpgsqlConnection.ClearAllPools();
    }
}
