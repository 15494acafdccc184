using System.Diagnostics;
using System.Globalization;
using RetainActors.Storage;

namespace RetainActors.Benchmarks.Workloads;

/// <summary>A million keys written, half of them deleted, compacted, reopened: size, time and memory of each step.</summary>
internal static class MillionKeysWorkload
{
    private const int UnitsInFlight = 4096;
    private const int PayloadBytes = 100;

    public static async Task RunAsync(int keys)
    {
        // On the disk of the working directory: a temporary folder may lie in memory.
        var root = Path.GetFullPath(Path.Combine("artifacts", $"keys-{Guid.NewGuid():N}"));
        Directory.CreateDirectory(root);
        // Compaction is a step of its own here, so it must not begin by itself.
        var settings = new FileLogSettings { Directory = Path.Combine(root, "journal"), CompactionLiveShare = 0 };
        Print($"{keys:N0} keys, one record of {PayloadBytes} bytes each, {Environment.ProcessorCount} processors, {LoadAverage()}");
        try
        {
            var before = ManagedBytes();
            var clock = Stopwatch.StartNew();
            using (var log = FileLog.Open(settings, PosixFileSystem.Instance))
            {
                var payload = new byte[PayloadBytes];
                await ForEachKeyAsync(keys, 1, i => log.AppendAsync([new LogEntry(IdOf(i), 1, payload)]));
                Report("written", clock, log, keys, before);

                clock.Restart();
                await ForEachKeyAsync(keys, 2, i => log.DeleteAsync(IdOf(i), 1));
                Report("half deleted", clock, log, keys, before);

                clock.Restart();
                await log.CompactAsync(0.9);
                Report("compacted", clock, log, keys, before);

                clock.Restart();
            }

            Print($"  {"closed",-14} {clock.Elapsed.TotalSeconds,7:N2} s");
            clock.Restart();
            using (var log = FileLog.Open(settings, PosixFileSystem.Instance))
            {
                Report("reopened", clock, log, keys, before);
                Verify(log, keys);
            }
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static string IdOf(int key) => string.Create(CultureInfo.InvariantCulture, $"checkpoint-documents/{key:D7}.md");

    private static async Task ForEachKeyAsync(int keys, int step, Func<int, Task> work)
    {
        var inFlight = new List<Task>(UnitsInFlight);
        for (var i = 0; i < keys; i += step)
        {
            inFlight.Add(work(i));
            if (inFlight.Count < UnitsInFlight) continue;
            await Task.WhenAll(inFlight);
            inFlight.Clear();
        }

        await Task.WhenAll(inFlight);
    }

    private static void Verify(FileLog log, int keys)
    {
        foreach (var i in new[] { 0, 1, keys / 2, keys - 1 })
        {
            var found = log.Read(IdOf(i), 1, long.MaxValue, long.MaxValue).Count();
            if (found != i % 2) throw new InvalidOperationException($"{IdOf(i)} has {found} records.");
        }
    }

    private static void Report(string phase, Stopwatch clock, FileLog log, int keys, long before)
    {
        clock.Stop();
        var statistics = log.GetStatistics();
        var memory = ManagedBytes() - before;
        Print($"  {phase,-14} {clock.Elapsed.TotalSeconds,7:N2} s, {statistics.Segments} segments, {statistics.Ids:N0} ids");
        var share = (double)statistics.TotalBytes / statistics.LiveBytes;
        Print($"    {statistics.TotalBytes / 1e6:N1} MB on disk, {statistics.LiveBytes / 1e6:N1} MB live, {share:N2} x");
        Print($"    {(double)memory / keys:N1} B managed per key, its id of {IdOf(0).Length} B included");
    }

    private static long ManagedBytes() => GC.GetTotalMemory(forceFullCollection: true);

    private static string LoadAverage() =>
        File.Exists("/proc/loadavg") ? $"load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}" : "load unknown";

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
