using System.Diagnostics;
using RetainActors.Benchmarks.Stores;
using RetainActors.Json;

namespace RetainActors.Benchmarks.Workloads;

/// <summary>
/// W5: one run whose step log grows with every transition. Bytes written: nothing is removed, neither by retention nor by compaction,
/// so what lies on the disk is what was written. The seed writes the whole context after every transition.
/// </summary>
internal static class LongRunWorkload
{
    private const string KeepEverything = "retain.checkpoint.retention.keep-revisions = off\nakka.persistence.journal.retain-file.compaction.live-share = 0.000001";

    /// <summary>Bytes written per transition, by the number of transitions.</summary>
    public static async Task<IReadOnlyList<Curve>> RunAsync(IReadOnlyList<int> lengths)
    {
        var (own, seeds) = (new List<(double, double)>(), new List<(double, double)>());
        BenchReport.Line($"| transitions | final context B | written B | : context | the seed's pattern B | : context | s |");
        BenchReport.Line($"|--:|--:|--:|--:|--:|--:|--:|");
        foreach (var length in lengths)
        {
            await using var store = CheckpointStore.File(KeepEverything);
            await store.LoadAsync(0);
            var empty = store.DiskBytes!.Value;
            var (clock, seed, last) = (Stopwatch.StartNew(), 0L, 0);
            var context = Documents.ContextAt(0, 1) with { StepLog = [] };
            for (var step = 1; step <= length; step++)
            {
                // About the 233 bytes of a step in the seed's files.
                context = context with
                {
                    CompletedState = Documents.StateAt(step),
                    NextState = Documents.StateAt(step + 1),
                    StepLog = context.StepLog.Add(Documents.StepAt(step) with { Error = new string('e', 100) }),
                };
                await store.Client.SaveAsync(context);
                last = ContextJson.Encode(context).Length;
                seed += last;
            }

            var written = store.DiskBytes!.Value - empty;
            BenchReport.Line($"| {length:N0} | {last:N0} | {written:N0} | {written / (double)last:N2} | {seed:N0} | {seed / (double)last:N1} | {clock.Elapsed.TotalSeconds:N2} |");
            own.Add((length, written / (double)length));
            seeds.Add((length, seed / (double)length));
        }

        return [new Curve("RetainActors, file journal", own), new Curve("the whole context each time", seeds)];
    }
}
