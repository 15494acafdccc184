using System.Diagnostics;

namespace RetainActors.Benchmarks;

/// <summary>What one round measured.</summary>
/// <param name="PerSecond">Operations in a second.</param>
/// <param name="P50">Half of the operations took no longer.</param>
/// <param name="P99">99 of 100 operations took no longer.</param>
/// <param name="CpuMicroseconds">Processor time of this process for one operation.</param>
/// <param name="GarbageBytes">Bytes allocated for one operation, by the asking code too.</param>
internal sealed record Rate(double PerSecond, TimeSpan P50, TimeSpan P99, double CpuMicroseconds, double GarbageBytes)
{
    /// <summary>The round in the middle of several, by operations per second.</summary>
    public static Rate Median(IEnumerable<Rate> rounds)
    {
        var sorted = rounds.OrderBy(rate => rate.PerSecond).ToList();
        return sorted[sorted.Count / 2];
    }
}

/// <summary>Measures operations that run at once.</summary>
internal static class Measure
{
    /// <summary>Lanes at once, each doing one operation after the other until the time is over or it has done so many.</summary>
    /// <param name="lanes">How many.</param>
    /// <param name="operate">The n-th operation of a lane, both from 0.</param>
    /// <param name="time">When to stop.</param>
    /// <param name="count">How many operations of a lane at most.</param>
    public static async Task<Rate> RunAsync(int lanes, Func<int, int, Task> operate, TimeSpan time, int count = int.MaxValue)
    {
        var (garbage, cpu) = (GC.GetTotalAllocatedBytes(precise: true), Process.GetCurrentProcess().TotalProcessorTime);
        var clock = Stopwatch.StartNew();
        var latencies = await Task.WhenAll(Enumerable.Range(0, lanes).Select(lane => Task.Run(() => LaneAsync(lane, operate, clock, time, count))));
        var seconds = clock.Elapsed.TotalSeconds;
        var spent = (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMicroseconds;
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - garbage;
        long[] sorted = [.. latencies.SelectMany(ticks => ticks).Order()];
        return new Rate(
            sorted.Length / seconds, At(sorted, 0.5), At(sorted, 0.99), spent / sorted.Length, allocated / (double)sorted.Length);
    }

    private static TimeSpan At(long[] sorted, double share) => Stopwatch.GetElapsedTime(0, sorted[(int)(sorted.Length * share)]);

    private static async Task<List<long>> LaneAsync(int lane, Func<int, int, Task> operate, Stopwatch clock, TimeSpan time, int count)
    {
        var latencies = new List<long>();
        for (var n = 0; n < count && clock.Elapsed < time; n++)
        {
            var start = Stopwatch.GetTimestamp();
            await operate(lane, n);
            latencies.Add(Stopwatch.GetTimestamp() - start);
        }

        return latencies;
    }
}
