using System.Globalization;

namespace RetainActors.Benchmarks;

/// <summary>Tables on standard output, in Markdown, so that they can be kept as they are.</summary>
internal static class BenchReport
{
    public static void Title(FormattableString title) => Line($"\n## {Invariant(title)}\n");

    public static void Line(FormattableString line) => Console.WriteLine(Invariant(line));

    /// <summary>One table of rates, the fastest first, each beside the first store's.</summary>
    /// <param name="unit">What is counted, such as saves.</param>
    /// <param name="rates">The rounds of each store.</param>
    /// <param name="disk">Bytes on the disk of each store afterwards.</param>
    public static void Rates(string unit, IReadOnlyList<(Stores.IStore Store, List<Rate> Rounds)> rates, IReadOnlyDictionary<string, long?>? disk = null)
    {
        var own = Rate.Median(rates[0].Rounds).PerSecond;
        Console.WriteLine($"| store | safe | {unit}/s | range | own : it | p50 ms | p99 ms | CPU us | garbage B | disk MB |");
        Console.WriteLine("|---|---|--:|--:|--:|--:|--:|--:|--:|--:|");
        foreach (var (store, rounds) in rates.OrderByDescending(pair => Rate.Median(pair.Rounds).PerSecond))
        {
            var median = Rate.Median(rounds);
            var bytes = disk?.GetValueOrDefault(store.Name) is { } size ? Invariant($"{size / 1e6:N0}") : "";
            Line($"| {store.Name} | {(store.IsSafe ? "yes" : "no")} | {median.PerSecond:N0} | {rounds.Min(rate => rate.PerSecond):N0}-{rounds.Max(rate => rate.PerSecond):N0} | {own / median.PerSecond:N2} | {median.P50.TotalMilliseconds:N2} | {median.P99.TotalMilliseconds:N2} | {median.CpuMicroseconds:N1} | {median.GarbageBytes:N0} | {bytes} |");
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
