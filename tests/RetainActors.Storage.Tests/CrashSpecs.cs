namespace RetainActors.Storage.Tests;

public class CrashSpecs
{
    [Theory(DisplayName = "FileLog should recover every acknowledged append, and a prefix of all, after a power cut at any call")]
    [InlineData(null)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Power_cut_at_any_call(int? seed)
    {
        foreach (var (image, acknowledged) in await SnapshotsAsync(new MemoryFileSystem(), seed, fileSystem => fileSystem))
            Assert.Null(Judge(image, acknowledged));
    }

    [Theory(DisplayName = "FileLog should recover the same after recovery itself was cut off at any call")]
    [InlineData(null)]
    [InlineData(7)]
    public async Task Power_cut_in_recovery(int? seed)
    {
        foreach (var (image, acknowledged) in await SnapshotsAsync(new MemoryFileSystem(), seed, fileSystem => fileSystem))
        {
            var again = new List<MemoryFileSystem>();
            image.Before = (_, _) => again.Add(image.Crash(seed is null ? null : seed + again.Count));
            Assert.Null(Judge(image, acknowledged));
            foreach (var second in again) Assert.Null(Judge(second, acknowledged));
        }
    }

    [Theory(DisplayName = "The power cut check should notice a log that does not sync")]
    [InlineData(FileOperation.Sync)]
    [InlineData(FileOperation.SyncDirectory)]
    public async Task Negative_control(FileOperation skipped)
    {
        var snapshots = await SnapshotsAsync(new MemoryFileSystem(), seed: null, inner => new LyingFileSystem(inner, skipped));
        Assert.Contains(snapshots, snapshot => Judge(snapshot.Image, snapshot.Acknowledged) is not null);
    }

    /// <summary>Runs appends, deletions and segment changes; takes what a power cut leaves before every single call.</summary>
    private static async Task<List<(MemoryFileSystem Image, int Acknowledged)>> SnapshotsAsync(
        MemoryFileSystem memory, int? seed, Func<MemoryFileSystem, IFileSystem> wrap)
    {
        var snapshots = new List<(MemoryFileSystem, int)>();
        var acknowledged = 0;
        memory.Before = (_, _) =>
        {
            lock (snapshots)
                snapshots.Add((memory.Crash(seed is null ? null : seed + snapshots.Count), Volatile.Read(ref acknowledged)));
        };
        using (var host = LogHost.InMemory(memory))
        {
            host.FileSystem = wrap(memory);
            for (var life = 0; life < 2; life++)
            {
                using var log = host.Open();
                for (var i = 0; i < 8; i++)
                {
                    var number = acknowledged + 1;
                    await log.AppendAsync([LogHost.Entry("a", number, new string('x', 500)), LogHost.Entry("b", number)]);
                    Volatile.Write(ref acknowledged, number);
                }
            }
        }

        lock (snapshots) return [.. snapshots];
    }

    /// <summary>Opens what a power cut left; null when it holds whole units 1 to n, none acknowledged missing.</summary>
    private static string? Judge(MemoryFileSystem image, int acknowledged)
    {
        using var host = LogHost.InMemory(image);
        try
        {
            using var log = host.Open();
            var (a, b) = (log.Numbers("a"), log.Numbers("b"));
            image.Before = null;
            if (!a.SequenceEqual(b)) return $"half a unit: {a.Length} and {b.Length}";
            if (!a.SequenceEqual(Enumerable.Range(1, a.Length).Select(number => (long)number))) return "a hole";
            return a.Length < acknowledged ? $"{acknowledged} acknowledged, {a.Length} found" : null;
        }
        catch (StorageException failure)
        {
            return failure.Message;
        }
    }

    /// <summary>A file system on which one kind of sync does nothing.</summary>
    private sealed class LyingFileSystem(MemoryFileSystem inner, FileOperation skipped) : IFileSystem
    {
        public DirectoryState InspectDirectory(string path) => inner.InspectDirectory(path);

        public void CreateDirectory(string path) => inner.CreateDirectory(path);

        public IReadOnlyList<string> ListFiles(string directory) => inner.ListFiles(directory);

        public IStorageFile Open(string path, FileOpening opening) => new LyingFile(inner.Open(path, opening), skipped);

        public void Rename(string from, string to) => inner.Rename(from, to);

        public void Delete(string path) => inner.Delete(path);

        public void SyncDirectory(string path)
        {
            if (skipped != FileOperation.SyncDirectory) inner.SyncDirectory(path);
        }

        public IDisposable? TryLockDirectory(string path) => inner.TryLockDirectory(path);
    }

    private sealed class LyingFile(IStorageFile inner, FileOperation skipped) : IStorageFile
    {
        public long Length => inner.Length;

        public int Read(long offset, Span<byte> buffer) => inner.Read(offset, buffer);

        public void Write(long offset, ReadOnlySpan<byte> bytes) => inner.Write(offset, bytes);

        public void SetLength(long length) => inner.SetLength(length);

        public void Sync()
        {
            if (skipped != FileOperation.Sync) inner.Sync();
        }

        public void Dispose() => inner.Dispose();
    }
}
