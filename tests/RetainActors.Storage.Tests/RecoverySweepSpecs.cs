using RetainActors.Storage.Driver;
using Xunit.Abstractions;

namespace RetainActors.Storage.Tests;

/// <summary>
/// Power cut at a call of a log's life, again at a call of the recovery from it, and once more at a call of the recovery from that.
/// RETAIN_STORAGE_SWEEP=full takes every call of both recoveries; otherwise a sample is taken that begins elsewhere each time.
/// </summary>
public class RecoverySweepSpecs(ITestOutputHelper output)
{
    [Theory(DisplayName = "A recovery cut off at any call, twice, should lose nothing acknowledged or served, and give a log that works")]
    [InlineData(null)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Cut_twice(int? seed)
    {
        var (judged, violations) = Sweep(await LifeAsync(seed), seed, fileSystem => fileSystem, Sweeps.IsFull);
        output.WriteLine($"seed {seed?.ToString() ?? "none"}: {judged} logs after three power cuts, {violations.Count} violations");
        Assert.True(judged > 300, $"{judged}");
        Assert.True(violations.Count == 0, $"{violations.Count} of {judged}; the first: {violations.FirstOrDefault()}");
    }

    [Theory(DisplayName = "The check of recoveries should notice one that does not sync")]
    [InlineData(FileOperation.Sync)]
    [InlineData(FileOperation.SyncDirectory)]
    public async Task Negative_control(FileOperation skipped)
    {
        var (_, violations) = Sweep(await LifeAsync(seed: 1), seed: 1, fileSystem => new LyingFileSystem(fileSystem, skipped), isFull: false);
        Assert.NotEmpty(violations);
    }

    private static (int Judged, List<string> Violations) Sweep(
        List<(MemoryFileSystem Image, int Acknowledged)> life, int? seed, Func<MemoryFileSystem, IFileSystem> recover,
        bool isFull)
    {
        var (judged, next) = (0, 0);
        var violations = new List<string>();
        Parallel.ForEach(Sample(life, 13, 0), start =>
        {
            try
            {
                foreach (var first in Sample(CutsOf(start.Image, seed, recover), isFull ? 1 : 7, Interlocked.Increment(ref next)))
                    foreach (var second in Sample(CutsOf(first, seed, recover), isFull ? 1 : 6, Interlocked.Increment(ref next)))
                        Judged(Judge(second, start.Acknowledged, seed, recover));
            }
            catch (StorageException refused)
            {
                Judged(refused.Message);
            }
        });
        return (judged, violations);

        void Judged(string? violation)
        {
            lock (violations)
            {
                judged++;
                if (violation is not null) violations.Add(violation);
            }
        }
    }

    private static IEnumerable<T> Sample<T>(IReadOnlyList<T> all, int stride, int from)
    {
        for (var i = from % stride; i < all.Count; i += stride) yield return all[i];
    }

    /// <summary>What a power cut leaves before every call of an opening.</summary>
    private static List<MemoryFileSystem> CutsOf(MemoryFileSystem image, int? seed, Func<MemoryFileSystem, IFileSystem> recover)
    {
        var cuts = new List<MemoryFileSystem>();
        image.Before = (_, _) => cuts.Add(image.Crash(seed + cuts.Count));
        using (Open(recover(image))) image.Before = null;
        return cuts;
    }

    /// <summary>Null when whole units 1 to n are served, none acknowledged missing, and they and the next one survive a power cut.</summary>
    private static string? Judge(MemoryFileSystem image, int acknowledged, int? seed, Func<MemoryFileSystem, IFileSystem> recover)
    {
        try
        {
            using var log = Open(recover(image));
            // The deletion behind an append may be under way still.
            if (Violation(log, acknowledged, acknowledged) is { } wrong) return wrong;
            var (next, gone) = (log.Numbers("a").Length + 1, log.Numbers("gone"));
            Append(log, next);
            using var again = Open(image.Crash(seed));
            return Violation(again, next, gone.Length > 0 ? gone[0] : next) is { } lost ? $"after one more cut: {lost}" : null;
        }
        catch (StorageException failure)
        {
            return failure.Message;
        }
    }

    private static string? Violation(FileLog log, int atLeast, long deletedBelow)
    {
        var (a, b) = (log.Numbers("a"), log.Numbers("b"));
        var gone = log.Numbers("gone");
        if (!a.SequenceEqual(b)) return $"half a unit: {a.Length} and {b.Length}";
        if (!a.SequenceEqual(Enumerable.Range(1, a.Length).Select(number => (long)number))) return "a hole";
        if (gone.Any(number => number < deletedBelow)) return $"deleted and back: {string.Join(' ', gone)}";
        return a.Length < atLeast ? $"{atLeast} acknowledged or served, {a.Length} found" : null;
    }

    /// <summary>Appends, deletions, changes of segments, two compactions and a shutdown in good order, cut before every single call.</summary>
    private static async Task<List<(MemoryFileSystem Image, int Acknowledged)>> LifeAsync(int? seed)
    {
        var memory = new MemoryFileSystem();
        var snapshots = new List<(MemoryFileSystem, int)>();
        var acknowledged = 0;
        memory.Before = (_, _) =>
        {
            lock (snapshots) snapshots.Add((memory.Crash(seed + snapshots.Count), Volatile.Read(ref acknowledged)));
        };
        for (var life = 0; life < 2; life++)
        {
            using var log = Open(memory);
            for (var i = 0; i < 10; i++)
            {
                Append(log, acknowledged + 1);
                Volatile.Write(ref acknowledged, acknowledged + 1);
                await log.DeleteAsync("gone", acknowledged);
            }

            await log.CompactAsync(0.9);
        }

        lock (snapshots) return [.. snapshots];
    }

    private static void Append(FileLog log, int number) => log.AppendAsync([
        LogHost.Entry("a", number, new string('x', 300)), LogHost.Entry("gone", number, new string('g', 400)), LogHost.Entry("b", number)])
        .GetAwaiter().GetResult();

    private static FileLog Open(IFileSystem fileSystem) => FileLog.Open(
        new FileLogSettings
        {
            Directory = LogImage.Directory, SegmentSizeBytes = 4096, CompactionSliceBytes = 4096, CompactionLiveShare = 0,
            IdleMilliseconds = Timeout.Infinite, ScrubInterval = TimeSpan.Zero,
        },
        fileSystem);
}
