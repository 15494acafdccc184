using System.Collections.Immutable;
using Akka.Actor.Setup;
using RetainActors.Storage;

namespace RetainActors.Persistence;

/// <summary>
/// What HOCON cannot carry: the file system a journal or a snapshot store works on. A test gives one <see cref="MemoryFileSystem"/>
/// to two actor systems one after the other and so restarts a service without a disk.
/// </summary>
public sealed class FileJournalSetup : Setup
{
    private readonly ImmutableDictionary<string, IFileSystem> _fileSystems;

    private FileJournalSetup(ImmutableDictionary<string, IFileSystem> fileSystems) => _fileSystems = fileSystems;

    /// <summary>A setup that leaves every plugin to its <c>file-system</c> key.</summary>
    public static FileJournalSetup Empty { get; } =
        new(ImmutableDictionary.Create<string, IFileSystem>(StringComparer.Ordinal));

    /// <summary>This setup, with <paramref name="fileSystem"/> for that plugin; it wins over <c>file-system</c>.</summary>
    public FileJournalSetup WithFileSystem(string pluginId, IFileSystem fileSystem)
    {
        ArgumentException.ThrowIfNullOrEmpty(pluginId);
        ArgumentNullException.ThrowIfNull(fileSystem);
        return new FileJournalSetup(_fileSystems.SetItem(pluginId, fileSystem));
    }

    internal IFileSystem? FileSystemFor(string pluginId) => _fileSystems.GetValueOrDefault(pluginId);
}
