using System.Collections.Immutable;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Cli.Report;

/// <summary>Collects how long states took, one checkpoint after the other, so that no step log has to be kept.</summary>
internal sealed class StateTimes
{
    private readonly Dictionary<(string Bank, string State), Steps> _states = [];

    /// <summary>Upper ends of the buckets in milliseconds; behind them comes one for all longer steps.</summary>
    public static ImmutableArray<double> BucketsMs { get; } = [1, 10, 100, 1000, 10_000, 60_000, 600_000];

    public void Add(Loaded loaded)
    {
        foreach (var step in RunTimelines.StepsOf(loaded))
        {
            if (!_states.TryGetValue((loaded.Key.Bank, step.State), out var steps))
                _states.Add((loaded.Key.Bank, step.State), steps = new Steps(_states.Count));
            if (step.Error is not null) steps.Failures++;
            else if (step.DurationMs is { } duration) steps.DurationsMs.Add(Math.Max(0, duration));
        }
    }

    /// <summary>By bank; within it in the order in which the states were first met, which is that of the runs.</summary>
    public ImmutableArray<ReportStateTimes> Finish() =>
    [
        .. _states.OrderBy(state => state.Key.Bank, StringComparer.Ordinal).ThenBy(state => state.Value.Order)
            .Select(state => Of(state.Key.Bank, state.Key.State, state.Value)),
    ];

    private static ReportStateTimes Of(string bank, string state, Steps steps)
    {
        var sorted = steps.DurationsMs;
        sorted.Sort();
        var buckets = new int[BucketsMs.Length + 1];
        foreach (var duration in sorted) buckets[BucketOf(duration)]++;
        return new ReportStateTimes(
            bank, state, sorted.Count, steps.Failures, Percentile(sorted, 0.50), Percentile(sorted, 0.95), sorted.LastOrDefault(), Math.Round(sorted.Sum(), 3), [.. buckets]);
    }

    private static int BucketOf(double durationMs)
    {
        var bucket = 0;
        while (bucket < BucketsMs.Length && durationMs > BucketsMs[bucket]) bucket++;
        return bucket;
    }

    /// <summary>The smallest value that this share of all does not exceed.</summary>
    private static double Percentile(List<double> sorted, double share) =>
        sorted.Count == 0 ? 0 : sorted[Math.Max(0, (int)Math.Ceiling(share * sorted.Count) - 1)];

    private sealed class Steps(int order)
    {
        public int Order { get; } = order;

        public List<double> DurationsMs { get; } = [];

        public int Failures { get; set; }
    }
}
