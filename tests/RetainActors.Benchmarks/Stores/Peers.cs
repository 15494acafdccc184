using Npgsql;
using RetainActors.TestSupport;

namespace RetainActors.Benchmarks.Stores;

/// <summary>What is measured side by side; the checkpoints of this house come first, the others are compared with them.</summary>
internal static class Peers
{
    public static IReadOnlyList<Func<IStore>> Scaling { get; } =
    [
        // Idle keys leave memory, as they do in a long life.
        () => CheckpointStore.File("retain.checkpoint.passivate-after = 5 s"),
        () => new LogStore(),
        () => new SqliteBatchedStore(),
        .. LmdbStore.IsInstalled ? (Func<IStore>[])[() => new LmdbStore()] : [],
        () => new RocksDbStore(),
    ];

    /// <summary>All of them.</summary>
    public static IEnumerable<IStore> AllSaving(PostgresServer? postgres)
    {
        foreach (var store in AllLoading(postgres)) yield return store;
        yield return CheckpointStore.AkkaInMemory();
        yield return new SqliteStore();
        yield return new FileStore(synced: true);
    }

    /// <summary>Those that keep documents over a restart, one of each kind.</summary>
    public static IEnumerable<IStore> AllLoading(PostgresServer? postgres)
    {
        yield return CheckpointStore.File();
        yield return new LogStore();
        yield return new SqliteBatchedStore();
        if (LmdbStore.IsInstalled) yield return new LmdbStore();
        yield return new RocksDbStore();
        yield return new FileStore(synced: false);
        yield return CheckpointStore.SqlOnSqlite();
        if (postgres is not null) yield return CheckpointStore.SqlOnPostgres(NewDatabase(postgres));
    }

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
