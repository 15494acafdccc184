using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Npgsql;
using RetainActors.Persistence;
using RetainActors.Persistence.Query;
using RetainActors.Storage;
using RetainActors.Testing.Conformance;

namespace RetainActors.Testing.Tests;

/// <summary>A store and the harness over it, for all clauses of a class.</summary>
public abstract class Backend : IAsyncLifetime
{
    private readonly Lazy<ActorSystemHarness> _harness;

    protected Backend(HarnessFeatures features, Func<ActorSystem> start) => _harness = new(() => new ActorSystemHarness(features, start));

    /// <summary>Started by the first clause; skips it visibly where the backend is not there.</summary>
    public IHarness Harness => _harness.Value;

    public Task InitializeAsync() => Task.CompletedTask;

    public virtual async Task DisposeAsync()
    {
        if (_harness.IsValueCreated) await _harness.Value.DisposeAsync();
    }

    public static ActorSystem Start(Config journal, params Setup[] setups) => ActorSystem.Create(
        "conformance",
        ActorSystemSetup.Create([
            BootstrapSetup.Create().WithConfig(journal
                .WithFallback(ConfigurationFactory.ParseString(
                    """
                    akka.persistence.snapshot-store.plugin = "akka.persistence.no-snapshot-store"
                    akka.loglevel = OFF
                    akka.stdout-loglevel = OFF
                    """))
                .WithFallback(CheckpointConformance.Config)
                .WithFallback(FilePersistence.DefaultConfig)),
            .. setups,
        ]));
}

public sealed class MemoryBackend() : Backend(Features, Starter())
{
    public const HarnessFeatures Features = HarnessFeatures.SurvivesRestart | HarnessFeatures.Lists;

    private static Func<ActorSystem> Starter()
    {
        var setup = FileJournalSetup.Empty.WithFileSystem(FilePersistence.MemoryJournalPath, new MemoryFileSystem());
        return () => Start(
            ConfigurationFactory.ParseString(
                $"""
                akka.persistence.journal.plugin = "{FilePersistence.MemoryJournalPath}"
                retain.checkpoint.query-plugin-id = "{FileReadJournal.MemoryIdentifier}"
                """),
            setup);
    }
}

public sealed class FileBackend : Backend
{
    public const HarnessFeatures Features = HarnessFeatures.SurvivesRestart | HarnessFeatures.Lists;

    private readonly TempDirectory _root;

    public FileBackend() : this(new TempDirectory())
    {
    }

    private FileBackend(TempDirectory root)
        : base(Features, () => Start(ConfigurationFactory.ParseString(
            $$"""
            akka.persistence.journal.plugin = "{{FilePersistence.JournalPath}}"
            akka.persistence.journal.retain-file.root = "{{root.Path}}"
            retain.checkpoint.query-plugin-id = "{{FileReadJournal.Identifier}}"
            """))) => _root = root;

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _root.Dispose();
    }
}

public sealed class SqlBackend : Backend
{
    public const HarnessFeatures Features = HarnessFeatures.SurvivesRestart | HarnessFeatures.TwoInstances | HarnessFeatures.Lists;

    private readonly TempDirectory _root;

    public SqlBackend() : this(new TempDirectory())
    {
    }

    private SqlBackend(TempDirectory root) : base(Features, () => Start(SqlJournal.ConfigFor(root.File("journal.db")))) => _root = root;

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _root.Dispose();
    }
}

public sealed class PostgresBackend : Backend
{
    public const HarnessFeatures Features = SqlBackend.Features;

    private readonly Lazy<PostgresServer> _server;

    public PostgresBackend() : this(new(PostgresServer.Require))
    {
    }

    private PostgresBackend(Lazy<PostgresServer> server) : this(server, new(() => NewDatabase(server.Value)))
    {
    }

    private PostgresBackend(Lazy<PostgresServer> server, Lazy<string> database)
        : base(Features, () => Start(SqlJournal.ConfigForPostgres(database.Value))) => _server = server;

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        NpgsqlConnection.ClearAllPools();
        if (_server.IsValueCreated) _server.Value.Dispose();
    }

    private static string NewDatabase(PostgresServer server)
    {
        using var connection = new NpgsqlConnection(server.ConnectionString);
        connection.Open();
        using var command = new NpgsqlCommand($"CREATE DATABASE retain_{Guid.NewGuid():N}", connection);
        command.ExecuteNonQuery();
        return new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = command.CommandText.Split(' ')[^1] }.ConnectionString;
    }
}
