using System.Collections.Concurrent;
using RetainActors.Storage;

namespace RetainActors.Tests.Runs;

/// <summary>Many disks behind one journal plugin, each mounted under a folder of its own.</summary>
internal sealed class MountedDisks : IFileSystem
{
    private readonly ConcurrentDictionary<string, IFileSystem> _disks = new(StringComparer.Ordinal)
    {
        // Holds the folders of the others.
        ["/"] = new MemoryFileSystem(),
    };

    public void Mount(string folder, IFileSystem disk) => _disks[folder] = disk;

    public void Unmount(string folder) => _disks.TryRemove(folder, out _);

    public DirectoryState InspectDirectory(string path) => On(path).InspectDirectory(Inner(path));

    public void CreateDirectory(string path) => On(path).CreateDirectory(Inner(path));

    public IReadOnlyList<string> ListFiles(string directory) => On(directory).ListFiles(Inner(directory));

    public IStorageFile Open(string path, FileOpening opening) => On(path).Open(Inner(path), opening);

    public void Rename(string from, string to) => On(from).Rename(Inner(from), Inner(to));

    public void Delete(string path) => On(path).Delete(Inner(path));

    public bool IsOpen(string path) => On(path).IsOpen(Inner(path));

    public void SyncDirectory(string path) => On(path).SyncDirectory(Inner(path));

    public IDisposable? TryLockDirectory(string path) => On(path).TryLockDirectory(Inner(path));

    private static int MountLength(string path) => path.IndexOf('/', 1) is > 0 and var end ? end : path.Length;

    private static string Inner(string path) => MountLength(path) is var mount && mount < path.Length ? path[mount..] : "/";

    private IFileSystem On(string path) => _disks[path[..MountLength(path)]];
}
