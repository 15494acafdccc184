using System.Diagnostics.Metrics;

namespace RetainActors.Diagnostics;

/// <summary>How many actors, and runs that wait for their turn, this process has; counted whether anybody asks or not.</summary>
internal static class ActiveActors
{
    private const string KindTag = "kind";

    private static long _checkpoints;
    private static long _runs;
    private static long _waitingRuns;

    static ActiveActors()
    {
        Instruments.Meter.CreateObservableUpDownCounter(
            "retain.actor.active", Observe, "{actor}", "Actors in memory: one for each key in use, one for each live run.");
        Instruments.Meter.CreateObservableUpDownCounter(
            "retain.run.waiting", () => Volatile.Read(ref _waitingRuns), "{run}", "Runs that wait for their turn.");
    }

    public static void AddCheckpoints(int change) => Interlocked.Add(ref _checkpoints, change);

    public static void AddRuns(int change) => Interlocked.Add(ref _runs, change);

    public static void AddWaitingRuns(int change) => Interlocked.Add(ref _waitingRuns, change);

    private static Measurement<long>[] Observe() =>
    [
        new(Volatile.Read(ref _checkpoints), new KeyValuePair<string, object?>(KindTag, "checkpoint")),
        new(Volatile.Read(ref _runs), new KeyValuePair<string, object?>(KindTag, "run")),
    ];
}
