using Npgsql;
using RetainActors.TestSupport;

namespace RetainActors.Benchmarks.Stores;

/// <summary>Something to measure, opened when its turn comes.</summary>
/// <param name="Id">What <c>--stores</c> calls it.</param>
/// <param name="Open">Opens it.</param>
internal sealed record Peer(string Id, Func<IStore> Open);

/// <summary>What is measured side by side; the checkpoints of this house come first, the others are compared with them.</summary>
internal static class Peers
{
    /// <summary>Those of the workload with up to a million keys.</summary>
    public static IEnumerable<Peer> Scaling { get; } =
    [
        // Idle keys leave memory, as they do in a long life.
        new("retain", () => CheckpointStore.File("retain.checkpoint.passivate-after = 5 s")),
        .. Embedded(),
    ];

    /// <summary>All of them.</summary>
    public static IEnumerable<Peer> AllSaving(PostgresServer? postgres) =>
    [
        .. AllLoading(postgres),
        new("akka", () => CheckpointStore.AkkaInMemory()),
        new("sqlite-single", () => new SqliteStore()),
        new("file-synced", () => new FileStore(synced: true)),
    ];

    /// <summary>Those that keep documents over a restart, one of each kind.</summary>
    public static IEnumerable<Peer> AllLoading(PostgresServer? postgres) =>
    [
        new("retain", () => CheckpointStore.File()),
        .. Embedded(),
        new("file", () => new FileStore(synced: false)),
        new("sql-sqlite", CheckpointStore.SqlOnSqlite),
        .. postgres is null ? (Peer[])[] : [new("sql-postgres", () => CheckpointStore.SqlOnPostgres(NewDatabase(postgres)))],
    ];

    private static Peer[] Embedded() =>
    [
        new("raw", () => new LogStore()),
        new("sqlite", () => new SqliteBatchedStore()),
        .. LmdbStore.IsInstalled ? (Peer[])[new("lmdb", () => new LmdbStore())] : [],
        new("rocksdb", () => new RocksDbStore()),
    ];

    private static string NewDatabase(PostgresServer postgres)
    {
        var name = $"bench_{Guid.NewGuid():N}";
        using var connection = new NpgsqlConnection(postgres.ConnectionString);
        connection.Open();
        using var create = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
        create.ExecuteNonQuery();
        return new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Database = name }.ConnectionString;
    }
}
