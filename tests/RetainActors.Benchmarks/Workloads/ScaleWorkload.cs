using System.Diagnostics;
using RetainActors.Benchmarks.Stores;

namespace RetainActors.Benchmarks.Workloads;

/// <summary>W4: what a save, opening and a load cost as there are more keys. Every key is saved once; idle keys leave memory.</summary>
internal static class ScaleWorkload
{
    private const int AtOnce = 1000;
    private const int RandomLoads = 1000;

    /// <summary>Microseconds per save of each store, by the number of keys.</summary>
    public static async Task<IReadOnlyList<Curve>> RunAsync(IReadOnlyList<Func<IStore>> stores, BenchOptions options)
    {
        var curves = new List<Curve>();
        BenchReport.Line($"| store | keys | saves/s | us per save | open to first load s | random loads/s | disk B per key |");
        BenchReport.Line($"|---|--:|--:|--:|--:|--:|--:|");
        foreach (var open in stores)
        {
            var (name, points) = ("", new List<(double, double)>());
            foreach (var keys in options.Scales)
            {
                (name, var cost) = await RunAsync(open, keys);
                points.Add((keys, cost));
            }

            curves.Add(new Curve(name, points));
        }

        return curves;
    }

    private static async Task<(string Name, double MicrosecondsPerSave)> RunAsync(Func<IStore> open, int keys)
    {
        await using var store = open();
        var saved = await Measure.RunAsync(AtOnce, (lane, n) => store.SaveAsync((n * AtOnce) + lane, 1), TimeSpan.MaxValue, keys / AtOnce);
        var clock = Stopwatch.StartNew();
        await store.ReopenAsync();
        await store.LoadAsync(keys / 2);
        var opened = clock.Elapsed;
        var random = new Random(1);
        int[] wanted = [.. Enumerable.Range(0, RandomLoads).Select(_ => random.Next(keys))];
        var loaded = await Measure.RunAsync(RandomLoads, (lane, _) => store.LoadAsync(wanted[lane]), TimeSpan.MaxValue, 1);
        var disk = store.DiskBytes is { } bytes ? FormattableString.Invariant($"{bytes / (double)keys:N0}") : "";
        BenchReport.Line($"| {store.Name} | {keys:N0} | {saved.PerSecond:N0} | {1e6 / saved.PerSecond:N1} | {opened.TotalSeconds:N2} | {loaded.PerSecond:N0} | {disk} |");
        return (store.Name, 1e6 / saved.PerSecond);
    }
}
