using System.Collections.Concurrent;
using System.Diagnostics;
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

    private readonly Settings _settings;
    private readonly FileJournalSetup _setup;
    private readonly ConcurrentDictionary<string, IFileSystem> _memory = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lock> _probes = new(StringComparer.Ordinal);

    private FilePersistence(ExtendedActorSystem system)
    {
        _settings = system.Settings;
        _settings.InjectTopLevelFallback(DefaultConfig);
        AddDefaultsOfOthers("akka.persistence.journal", typeof(FileJournal), JournalPath);
        AddDefaultsOfOthers("akka.persistence.snapshot-store", typeof(FileSnapshotStore), SnapshotStorePath);
        _setup = system.Settings.Setup.Get<FileJournalSetup>().GetOrElse(FileJournalSetup.Empty);
    }

    /// <summary>The embedded <c>reference.conf</c>: every key with its meaning and default.</summary>
    public static Config DefaultConfig { get; } =
        ConfigurationFactory.FromResource<FilePersistence>("RetainActors.Persistence.reference.conf");

    /// <summary>
    /// Says what the span <c>journal.append</c> of an event hangs under; the default is nothing. Null, the default, asks nobody. Called by
    /// the journals while they take a write, and only when somebody listens to spans: it must not block or throw.
    /// </summary>
    public Func<object, ActivityContext>? TraceOf { get; set; }

    /// <summary>The extension of <paramref name="system"/>, made on the first call.</summary>
    public static FilePersistence Get(ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        return system.WithExtension<FilePersistence, Provider>();
    }

    /// <summary>Checks the settings of a journal or a snapshot store of this package without starting it.</summary>
    /// <param name="pluginId">Its configuration path.</param>
    /// <exception cref="ConfigurationException">A setting is missing or out of range; the message names plugin and key.</exception>
    public void Validate(string pluginId)
    {
        ArgumentException.ThrowIfNullOrEmpty(pluginId);
        var section = _settings.Config.GetConfig(pluginId) ?? throw new ConfigurationException($"{pluginId} is missing.");
        try
        {
            if (IsOf(section, typeof(FileSnapshotStore))) FileSnapshotSettings.From(WithSnapshotDefaults(section));
            else
            {
                FileJournalSettings.From(WithDefaults(pluginId, section));
                JournalCallSettings.From(WithDefaults(pluginId, section));
            }
        }
        catch (ConfigurationException e)
        {
            throw new ConfigurationException($"{pluginId}: {e.Message}", e);
        }
    }

    /// <summary>
    /// Tries the root of a plugin with a file of its own: written, synced, read back, deleted. Makes a root that is missing.
    /// Blocks as long as the disk does.
    /// </summary>
    /// <param name="pluginId">The configuration path of a journal or snapshot store; the root of a read-only one is only looked at.</param>
    /// <exception cref="ConfigurationException">The section of the plugin has no usable root.</exception>
    /// <exception cref="StorageException">The root cannot be used, or a try before this one has not ended.</exception>
    public RootProbe Probe(string pluginId)
    {
        ArgumentException.ThrowIfNullOrEmpty(pluginId);
        var section = _settings.Config.GetConfig(pluginId) ?? throw new ConfigurationException($"{pluginId} is missing.");
        var root = SectionReader.Root(section);
        var gate = _probes.GetOrAdd(pluginId, _ => new Lock());
        if (!gate.TryEnter()) throw new RootUnavailableException($"{root} has not answered since the last time it was tried.");
        try
        {
            return RootProbe.Run(
                FileSystemFor(pluginId, SectionReader.FileSystem(section)), root,
                section.GetBoolean("read-only", false) ? null : $"{pluginId}.probe");
        }
        finally
        {
            gate.Exit();
        }
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

    /// <summary>A copy of a section under another name has the same defaults, also for the keys that Akka itself reads.</summary>
    private void AddDefaultsOfOthers(string parent, Type plugin, string defaults)
    {
        foreach (var name in _settings.Config.GetConfig(parent).AsEnumerable().Select(pair => pair.Key).ToArray())
        {
            var path = $"{parent}.{name}";
            if (DefaultConfig.HasPath(path) || !_settings.Config.GetValue(path).IsObject()) continue;
            if (!IsOf(_settings.Config.GetConfig(path), plugin)) continue;
            var section = DefaultConfig.GetConfig(defaults);
            foreach (var key in path.Split('.').Reverse()) section = section.Root.AtKey(key);
            _settings.InjectTopLevelFallback(section);
        }
    }

    private static bool IsOf(Config section, Type plugin) =>
        section.GetString("class", "").Split(',')[0].Trim() == plugin.FullName;

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
