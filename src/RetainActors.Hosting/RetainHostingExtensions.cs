using Akka.Configuration;
using Akka.DependencyInjection;
using Akka.Hosting;
using Akka.Persistence.Hosting;
using RetainActors.Persistence;
using RetainActors.Persistence.Query;
using RetainActors.Runs;

namespace RetainActors.Hosting;

/// <summary>RetainActors in <c>AddAkka</c>. What the options do not set is HOCON's, whenever that was added.</summary>
public static class RetainHostingExtensions
{
    private const string NoSnapshotStore = """akka.persistence.snapshot-store.plugin = "akka.persistence.no-snapshot-store" """;

    /// <summary>
    /// Stores events, and snapshots, in a directory of this machine. The settings are checked when the host starts: a wrong one
    /// fails the start with a <see cref="ConfigurationException"/> that names its key. Call it again with another
    /// <c>Identifier</c> and <c>Root</c> for a second journal.
    /// </summary>
    /// <param name="builder">The builder of <c>AddAkka</c>.</param>
    /// <param name="configure">Sets the options.</param>
    /// <param name="journal">Adds event adapters and health checks to the journal.</param>
    /// <param name="snapshots">Adds health checks to the snapshot store.</param>
    public static AkkaConfigurationBuilder WithRetainFilePersistence(
        this AkkaConfigurationBuilder builder, Action<RetainFilePersistenceOptions> configure,
        Action<AkkaPersistenceJournalBuilder>? journal = null, Action<AkkaPersistenceSnapshotBuilder>? snapshots = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(configure);
        var options = new RetainFilePersistenceOptions();
        configure(options);
        options.Journal.Root ??= options.Root;
        options.Snapshots.Root ??= options.Root;

        builder.WithExtension<FilePersistence.Provider>();
        builder.WithActors((system, _) => FilePersistence.Get(system).TraceOf = RetainActorsTelemetry.TraceOf);
        if (options.Mode != PersistenceMode.SnapshotStore)
        {
            builder.WithJournal(options.Journal, journal);
            Validate(builder, options.Journal.PluginId);
            // Checkpoints are listed by the read journal; that of a journal under another name has a section of its own.
            if (options.Journal.PluginId == FilePersistence.JournalPath)
                builder.AddHocon($"retain.checkpoint.query-plugin-id = \"{FileReadJournal.Identifier}\"", HoconAddMode.Append);
        }

        if (options.Mode != PersistenceMode.Journal)
        {
            builder.WithSnapshot(options.Snapshots, snapshots);
            Validate(builder, options.Snapshots.PluginId);
        }

        // Without any, Akka makes a directory ./snapshots and looks into it on every recovery.
        return builder.AddHocon(ConfigurationFactory.ParseString(NoSnapshotStore), HoconAddMode.Append);
    }

    /// <summary>
    /// Starts the checkpoints with the actor system: <see cref="IRequiredActor{TActor}"/> of <see cref="CheckpointRegion"/> for
    /// actors; <see cref="ServiceCollectionExtensions.AddRetainClients"/> for everybody else.
    /// </summary>
    /// <param name="builder">The builder of <c>AddAkka</c>.</param>
    /// <param name="configure">Sets the options.</param>
    /// <param name="checkpoints">Adds the health check.</param>
    public static AkkaConfigurationBuilder WithRetainCheckpoints(
        this AkkaConfigurationBuilder builder, Action<RetainCheckpointsOptions>? configure = null,
        Action<RetainCheckpointsBuilder>? checkpoints = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new RetainCheckpointsOptions();
        configure?.Invoke(options);
        checkpoints?.Invoke(new RetainCheckpointsBuilder(builder));
        return builder
            .AddHocon(options.ToConfig(), HoconAddMode.Prepend)
            .WithExtension<RetainCheckpoints.Provider>()
            .WithActors((system, registry) => registry.Register<CheckpointRegion>(RetainCheckpoints.Get(system).ClientActor));
    }

    /// <summary>Runs sources over one state table, on the checkpoints of the system, which this starts too.</summary>
    /// <param name="builder">The builder of <c>AddAkka</c>.</param>
    /// <param name="table">Makes the table when the system starts, with services that its states need.</param>
    /// <param name="runs">Adds the health check.</param>
    /// <exception cref="InvalidOperationException">It was called before; a system has one table.</exception>
    public static AkkaConfigurationBuilder WithRetainRuns(
        this AkkaConfigurationBuilder builder, Func<IDependencyResolver, StateTable> table, Action<RetainRunsBuilder>? runs = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(table);
        if (builder.Setups.OfType<HostedRunsSetup>().Any())
            throw new InvalidOperationException("WithRetainRuns was called before. Call it once: a system has one state table.");
        runs?.Invoke(new RetainRunsBuilder(builder));
        return builder.AddSetup(new HostedRunsSetup(table)).WithActors((system, _) => HostedRuns.Get(system).Start());
    }

    private static void Validate(AkkaConfigurationBuilder builder, string pluginId) =>
        builder.WithActors((system, _) => FilePersistence.Get(system).Validate(pluginId));
}
