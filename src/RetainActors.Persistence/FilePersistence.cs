using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using RetainActors.Storage;

namespace RetainActors.Persistence;

/// <summary>
/// The extension of the file journal and the snapshot store. <see cref="Get"/> puts the reference configuration below the configuration of the
/// actor system; call it before the first persistent actor starts, so that the journal's own circuit breaker and replay
/// filter settings hold instead of Akka's.
/// </summary>
public sealed class FilePersistence : IExtension
{
    /// <summary>Plugin id of the durable journal.</summary>
    public const string JournalPath = "akka.persistence.journal.retain-file";

    /// <summary>Plugin id of the same journal over a file system in memory.</summary>
    public const string MemoryJournalPath = "akka.persistence.journal.retain-memory";

    /// <summary>Plugin id of the snapshot store.</summary>
    public const string SnapshotStorePath = "akka.persistence.snapshot-store.retain-file";

    private readonly FileJournalSetup _setup;
    private readonly ConcurrentDictionary<string, IFileSystem> _memory = new(StringComparer.Ordinal);

    private FilePersistence(ExtendedActorSystem system)
    {
        system.Settings.InjectTopLevelFallback(DefaultConfig);
        _setup = system.Settings.Setup.Get<FileJournalSetup>().GetOrElse(FileJournalSetup.Empty);
    }

    /// <summary>The embedded <c>reference.conf</c>: every key with its meaning and default.</summary>
    public static Config DefaultConfig { get; } =
        ConfigurationFactory.FromResource<FilePersistence>("RetainActors.Persistence.reference.conf");

    /// <summary>The extension of <paramref name="system"/>, made on the first call.</summary>
    public static FilePersistence Get(ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        return system.WithExtension<FilePersistence, Provider>();
    }

    /// <summary>A journal section with the defaults below it, whatever id the plugin has.</summary>
    internal static Config WithDefaults(string pluginId, Config section) =>
        section.WithFallback(DefaultConfig.GetConfig(pluginId == MemoryJournalPath ? MemoryJournalPath : JournalPath));

    /// <summary>A section of a snapshot store with the defaults below it, whatever id the plugin has.</summary>
    internal static Config WithSnapshotDefaults(Config section) =>
        section.WithFallback(DefaultConfig.GetConfig(SnapshotStorePath));

    /// <summary>
    /// The file system of a plugin. One in memory belongs to the actor system, so that a restarted journal actor finds
    /// its events again.
    /// </summary>
    internal IFileSystem FileSystemFor(string pluginId, JournalFileSystem kind) =>
        _setup.FileSystemFor(pluginId) ?? kind switch
        {
            JournalFileSystem.Memory => _memory.GetOrAdd(pluginId, _ => new MemoryFileSystem()),
            _ => PosixFileSystem.Instance,
        };

    /// <summary>Creates the extension; named in <c>akka.extensions</c> to load it with the actor system.</summary>
    public sealed class Provider : ExtensionIdProvider<FilePersistence>
    {
        /// <inheritdoc />
        public override FilePersistence CreateExtension(ExtendedActorSystem system)
        {
            ArgumentNullException.ThrowIfNull(system);
            return new FilePersistence(system);
        }
    }
}
