using RetainActors.Storage.Driver;

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
}
