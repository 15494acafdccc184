namespace RetainActors.Storage.Tests.Kills;

/// <summary>A real file system on a disk that records what is done to it, and fails when it is told to.</summary>
internal sealed class BlockFileSystem : IDisposable
{
    private readonly TempDirectory _temp = new();
    private readonly Stack<IDisposable> _parts = new();
    private readonly LoopDevice _device;
    private readonly MountedFileSystem _mounted;

    /// <param name="kind">ext4 or xfs.</param>
    internal BlockFileSystem(string kind)
    {
        _parts.Push(_temp);
        try
        {
            _parts.Push(new SharedFolder(_temp.Path));
            _parts.Push(new FuseFile(_temp.File("image"), Disk));
            _parts.Push(_device = new LoopDevice(_temp.File("image")));
            // Blocks of a page, and nothing left for a thread of the kernel to do later.
            string[] options = kind == "ext4" ? ["-b", "4096", "-E", "lazy_itable_init=0,lazy_journal_init=0"] : [];
            Commands.Run($"mkfs.{kind}", ["-q", .. options, _device.Path]);
            _device.Forget();
            Empty = Disk.Image();
            _parts.Push(_mounted = new MountedFileSystem(_device.Path, Folder, "rw"));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    internal BlockDisk Disk { get; } = new(320 << 20);

    /// <summary>The content of the disk when the file system was new.</summary>
    internal BlockImage Empty { get; }

    internal string Log => Path.Combine(Folder, "journal");

    private string Folder => _temp.File("disk");

    /// <summary>Skips the test where there can be no such disk.</summary>
    internal static void Require(string kind)
    {
        LoopDisk.Require(kind);
        Requires.That(File.Exists("/dev/fuse"), "needs FUSE");
    }

    /// <summary>Gives the disk its content and mounts it.</summary>
    internal void Mount(BlockImage image)
    {
        Disk.Become(image);
        Mount();
    }

    internal void Mount() => _mounted.Mount();

    internal void Unmount()
    {
        _mounted.Unmount();
        _device.Forget();
    }

    public void Dispose()
    {
        Disk.Heal();
        while (_parts.TryPop(out var part)) part.Dispose();
    }
}
