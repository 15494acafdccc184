using Akka.Actor;
using Akka.Configuration;
using Akka.Hosting;
using Akka.Persistence.Sql;
using Npgsql;
using RetainActors.Cluster.Postgres;

namespace RetainActors.Cluster;

/// <summary>Checkpoints and runs over the nodes of an Akka cluster, stored in PostgreSQL.</summary>
public static class RetainCluster
{
    /// <summary>The commented defaults of this package, above those of the SQL plugins.</summary>
    public static Config DefaultConfig { get; } =
        ConfigurationFactory.FromResource(Resource("reference.conf"), typeof(RetainCluster).Assembly).WithFallback(SqlPersistence.DefaultConfiguration);

    /// <summary>
    /// The profile <c>hocon/cluster-postgres.conf</c>: everything of Akka that a node needs. Put your own addresses and the
    /// connection string above it.
    /// </summary>
    public static Config Profile { get; } =
        ConfigurationFactory.FromResource(Resource("cluster-postgres.conf"), typeof(RetainCluster).Assembly);

    /// <summary>
    /// Makes this actor system a node: <see cref="Profile"/> with these options above it, and the settings that the builder
    /// already has above both. The node does not start on a database that would not keep what a save promises; see
    /// <see cref="Postgres.JournalFenceException"/>.
    /// </summary>
    /// <exception cref="ArgumentException">Names the option that is missing or out of range.</exception>
    public static AkkaConfigurationBuilder WithRetainCluster(this AkkaConfigurationBuilder builder, RetainClusterOptions options)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(options);
        return builder.AddHocon(options.ToConfig().WithFallback(Profile), HoconAddMode.Append);
    }

    /// <summary>Puts the defaults below the settings of a system, and its one connection string below the plugins' own.</summary>
    internal static void AddDefaults(ActorSystem system)
    {
        system.Settings.InjectTopLevelFallback(DefaultConfig);
        system.Settings.InjectTopLevelFallback(ConnectionsOf(system.Settings.Config));
    }

    /// <summary>The same for settings that no system has yet.</summary>
    internal static Config WithDefaults(Config config) =>
        config.WithFallback(ConnectionsOf(config.WithFallback(DefaultConfig))).WithFallback(DefaultConfig);

    /// <summary>The settings of who only reads, beside the nodes and none of them: the database itself refuses its writes.</summary>
    internal static Config ReadOnly(Config config) => WithDefaults(ConfigurationFactory.ParseString(
        $"""
        retain.cluster.connection-string = {Hocon.Quote(SessionOptions.ReadOnly(config.GetString("retain.cluster.connection-string")))}
        retain.checkpoint.region = local
        retain.checkpoint.client.retry-failures = off
        akka.actor.provider = local
        """).WithFallback(config).WithFallback(Profile));

    /// <summary>Checks the database of these settings as a node would, and makes nothing.</summary>
    /// <exception cref="JournalFenceException">It cannot be used, or is not one of a cluster.</exception>
    internal static void RequireFence(Config config) =>
        JournalFence.Check(JournalTables.From(config, config.GetString("retain.checkpoint.journal-plugin-id") ?? ""), createTables: false);

    /// <summary>What the database is called, without its secrets.</summary>
    internal static string DatabaseOf(Config config)
    {
        var builder = new NpgsqlConnectionStringBuilder(config.GetString("retain.cluster.connection-string"));
        return $"the database {builder.Database} on {builder.Host}:{builder.Port}";
    }

    private static Config ConnectionsOf(Config config)
    {
        var database = config.GetString("retain.cluster.connection-string");
        if (string.IsNullOrEmpty(database)) return Config.Empty;
        var quoted = Hocon.Quote(SessionOptions.Bounded(database, ClusterSettings.From(config).IdleInTransactionTimeout));
        return ConfigurationFactory.ParseString(
            $"""
            akka.persistence.journal.sql.connection-string = {quoted}
            akka.persistence.snapshot-store.sql.connection-string = {quoted}
            akka.persistence.query.journal.sql.connection-string = {quoted}
            """);
    }

    private static string Resource(string name) => $"RetainActors.Cluster.{name}";
}
