using Akka.Actor;
using Akka.Configuration;
using RetainActors.Checkpoints;
using RetainActors.Persistence;

namespace RetainActors.Benchmarks.Stores;

/// <summary>Checkpoints through the public client, JSON included, on any journal of Akka.Persistence.</summary>
internal sealed class CheckpointStore : IStore
{
    private readonly Config _config;
    private readonly BenchDirectory? _directory;
    private readonly bool _keepsEvents;
    private ActorSystem _system = null!;

    private CheckpointStore(string name, bool isSafe, Config config, BenchDirectory? directory, bool keepsEvents = true)
    {
        (Name, IsSafe, _config, _directory, _keepsEvents) = (name, isSafe, config, directory, keepsEvents);
        Start();
    }

    public string Name { get; }

    public bool IsSafe { get; }

    public long? DiskBytes => _directory?.Bytes;

    public ICheckpointClient Client { get; private set; } = null!;

    public ActorSystem System => _system;

    /// <summary>The file journal of this house.</summary>
    /// <param name="settings">Settings above the defaults.</param>
    public static CheckpointStore File(string settings = "")
    {
        var directory = new BenchDirectory();
        var root = ConfigurationFactory.ParseString($"{settings}\n{FilePersistence.JournalPath}.root = \"{directory.File("root")}\"");
        return new CheckpointStore("RetainActors, file journal", isSafe: true, root.WithFallback(Plugin(FilePersistence.JournalPath)), directory);
    }

    /// <summary>The same actors on Akka's journal in memory: no input or output, no serialisation.</summary>
    public static CheckpointStore AkkaInMemory(string settings = "") => new(
        "the same actors, Akka in-memory journal", isSafe: false,
        ConfigurationFactory.ParseString(settings).WithFallback(Plugin("akka.persistence.journal.inmem")), directory: null, keepsEvents: false);

    /// <summary>The same actors on Akka.Persistence.Sql over a SQLite file.</summary>
    public static CheckpointStore SqlOnSqlite()
    {
        var directory = new BenchDirectory();
        var sql = Sql($"Data Source={directory.File("journal.db")};Default Timeout=30", "SQLite.MS");
        return new CheckpointStore("the same actors, Akka.Persistence.Sql on SQLite", isSafe: true, sql, directory);
    }

    /// <summary>The same actors on Akka.Persistence.Sql over PostgreSQL.</summary>
    public static CheckpointStore SqlOnPostgres(string connectionString) => new(
        "the same actors, Akka.Persistence.Sql on PostgreSQL", isSafe: true, Sql(connectionString, "PostgreSQL.15"), directory: null);

    public Task SaveAsync(int key, int version) => Client.SaveAsync(Documents.ContextAt(key, version));

    public async Task<int> LoadAsync(int key) => (await Client.LoadAsync(Documents.KeyOf(key)))?.Context is { } context ? Documents.VersionOf(context) : 0;

    public async Task ReopenAsync()
    {
        if (!_keepsEvents) throw new NotSupportedException($"{Name} keeps nothing over a restart.");
        await _system.Terminate();
        Start();
    }

    public async ValueTask DisposeAsync()
    {
        await _system.Terminate();
        _directory?.Dispose();
    }

    private void Start()
    {
        _system = ActorSystem.Create("bench", _config.WithFallback(ConfigurationFactory.ParseString("akka.loglevel = WARNING")).WithFallback(FilePersistence.DefaultConfig));
        Client = RetainCheckpoints.Get(_system).Client;
    }

    private static Config Sql(string connectionString, string provider) => ConfigurationFactory.ParseString(
        $$"""
        akka.persistence.journal.sql {
          class = "Akka.Persistence.Sql.Journal.SqlWriteJournal, Akka.Persistence.Sql"
          connection-string = "{{connectionString}}"
          provider-name = "{{provider}}"
          auto-initialize = true
          replay-filter.mode = off
          # A thousand keys at once wait longer than a user would let one.
          circuit-breaker.call-timeout = 120 s
        }
        retain.checkpoint { in-flight-timeout = 150 s, client.request-timeout = 180 s }
        """).WithFallback(Plugin("akka.persistence.journal.sql")).WithFallback(Akka.Persistence.Sql.SqlPersistence.DefaultConfiguration);

    private static Config Plugin(string id) => ConfigurationFactory.ParseString(
        $"akka.persistence.journal.plugin = \"{id}\"\nakka.persistence.snapshot-store.plugin = \"akka.persistence.no-snapshot-store\"");
}
