using System.Diagnostics;
using System.Globalization;
using RetainActors.Storage;

namespace RetainActors.Benchmarks.Workloads;

/// <summary>
/// Writers that each keep the last few of their records, so that compaction empties segments all the time: saves per second of the
/// log alone when these files become segments again, and when they are deleted. One log after the other, in interleaved rounds.
/// </summary>
internal static class SpareSegmentsWorkload
{
    private const int PayloadBytes = 2048;
    private const int Kept = 16;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(4);

    public static async Task CompareAsync(int rounds, TimeSpan time)
    {
        // One writer fills few segments in a round unless they are small.
        foreach (var (writers, segmentMiB) in new[] { (1, 4), (1000, 64) })
        {
            var measured = new Dictionary<int, List<(double Rate, double P99)>> { [0] = [], [2] = [] };
            for (var round = 0; round < rounds; round++)
                foreach (var (spares, rates) in measured)
                    rates.Add(await RunAsync(writers, segmentMiB, spares, time));

            foreach (var (spares, rates) in measured)
            {
                var sorted = rates.OrderBy(pair => pair.Rate).ToList();
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"{writers,4} writers, segments of {segmentMiB} MiB, {spares} spare: {sorted[sorted.Count / 2].Rate,9:N0} saves/s "
                    + $"({sorted[0].Rate:N0} to {sorted[^1].Rate:N0}), p99 {rates.Select(pair => pair.P99).Order().ElementAt(rounds / 2):N2} ms"));
            }
        }
    }

    private static async Task<(double Rate, double P99)> RunAsync(int writers, int segmentMiB, int spares, TimeSpan time)
    {
        // On the disk of the working directory: a temporary folder may lie in memory.
        var root = Path.GetFullPath(Path.Combine("artifacts", $"spares-{Guid.NewGuid():N}"));
        Directory.CreateDirectory(root);
        try
        {
            var settings = new FileLogSettings
            {
                Directory = Path.Combine(root, "journal"), SegmentSizeBytes = segmentMiB << 20, SpareSegments = spares,
            };
            using var log = FileLog.Open(settings, PosixFileSystem.Instance);
            var clock = Stopwatch.StartNew();
            var latencies = await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(() => SaveAsync(log, writer, clock, time))));
            long[] sorted = [.. latencies.SelectMany(ticks => ticks).Order()];
            return (sorted.Length / time.TotalSeconds, Stopwatch.GetElapsedTime(0, sorted[(int)(sorted.Length * 0.99)]).TotalMilliseconds);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static async Task<List<long>> SaveAsync(FileLog log, int writer, Stopwatch clock, TimeSpan time)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"checkpoint-documents/{writer:D7}.md");
        var payload = new byte[PayloadBytes];
        new Random(writer).NextBytes(payload);
        var latencies = new List<long>();
        for (var number = 1; clock.Elapsed < WarmUp + time; number++)
        {
            var start = Stopwatch.GetTimestamp();
            await log.AppendAsync([new LogEntry(id, number, payload)]);
            if (clock.Elapsed >= WarmUp) latencies.Add(Stopwatch.GetTimestamp() - start);
            if (number % Kept == 0) await log.DeleteAsync(id, number - Kept);
        }

        return latencies;
    }
}
