using System.Collections.Immutable;

namespace RetainActors.Runs;

/// <summary>A live run that made no progress for long.</summary>
/// <param name="Key">The key.</param>
/// <param name="Doing">What it does since.</param>
/// <param name="Age">Since when.</param>
internal sealed record StuckRun(CheckpointKey Key, string Doing, TimeSpan Age);

/// <summary>How the runs of one manager are.</summary>
/// <param name="Live">Live runs.</param>
/// <param name="Waiting">Runs that wait for their turn.</param>
/// <param name="Stuck">How many live runs made no progress for long.</param>
/// <param name="MostStuck">The worst of them, at most <see cref="MaxNamed"/>.</param>
/// <param name="Parked">How many keys were found parked, or parked, since the manager started, and not seen otherwise since.</param>
/// <param name="SomeParked">Some of them, at most <see cref="MaxNamed"/>.</param>
internal sealed record RunsStatus(
    int Live, int Waiting, int Stuck, ImmutableArray<StuckRun> MostStuck, int Parked, ImmutableArray<CheckpointKey> SomeParked)
{
    public const int MaxNamed = 5;

    public static RunsStatus Of(
        IEnumerable<(CheckpointKey Key, RunProgress Progress)> live, int waiting, IReadOnlyCollection<CheckpointKey> parked, TimeSpan stuckAfter)
    {
        var all = live.Select(run => new StuckRun(run.Key, run.Progress.Doing, run.Progress.Age)).ToList();
        var stuck = all.Where(run => run.Age >= stuckAfter).OrderByDescending(run => run.Age).ToList();
        return new RunsStatus(all.Count, waiting, stuck.Count, [.. stuck.Take(MaxNamed)], parked.Count, [.. parked.Take(MaxNamed)]);
    }
}
