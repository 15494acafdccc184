using RetainActors.Benchmarks.Stores;
using RetainActors.Runs;

namespace RetainActors.Benchmarks.Workloads;

/// <summary>W6: runs of 12 transitions through the run engine, one parallel block of three among them, all asked for at once.</summary>
internal static class PipelineWorkload
{
    /// <summary>Eight states one after the other, a fork with three branches, its join.</summary>
    private const int Transitions = 12;
    private const int StatesBefore = 4;
    private const int StatesAfter = 3;

    private static readonly string[] Branches = ["BRANCH_A", "BRANCH_B", "BRANCH_C"];

    public static async Task<IReadOnlyList<(IStore Store, List<Rate> Rounds)>> RunAsync(IReadOnlyList<CheckpointStore> stores, BenchOptions options)
    {
        var measured = stores.Select(store => (Store: (IStore)store, Rounds: new List<Rate>(), Runs: RetainRuns.Start(store.System, Table()))).ToList();
        for (var round = 0; round <= options.Rounds; round++)
            foreach (var (_, rounds, runs) in measured)
            {
                var number = round;
                var rate = await Measure.RunAsync(options.Keys, (run, _) => RunAsync(runs, new CheckpointKey($"bank-{number}", $"{run}.md")), TimeSpan.MaxValue, 1);
                // The first round warms up: it is not counted.
                if (round > 0) rounds.Add(rate with { PerSecond = rate.PerSecond * Transitions, CpuMicroseconds = rate.CpuMicroseconds / Transitions, GarbageBytes = rate.GarbageBytes / Transitions });
            }

        return [.. measured.Select(each => (each.Store, each.Rounds))];
    }

    private static async Task RunAsync(IRunClient runs, CheckpointKey key)
    {
        var result = await runs.RunAsync(key, "text");
        if (result.Outcome != RunOutcome.Completed) throw new InvalidOperationException($"The run of {key} ended as {result.Outcome}: {result.Error}.");
    }

    private static StateTable Table()
    {
        var table = new StateTableBuilder("STATE_0");
        for (var state = 0; state < StatesBefore; state++) table.Add($"STATE_{state}", To(Next(state)), [Next(state)]);
        table.AddFork("FORK", Does(Transition.Fork), Branches, "JOIN");
        foreach (var branch in Branches) table.Add(branch, Does(Transition.Completed));
        table.Add("JOIN", To("LAST_0"), ["LAST_0"]);
        for (var state = 0; state < StatesAfter; state++)
            if (state + 1 < StatesAfter) table.Add($"LAST_{state}", To($"LAST_{state + 1}"), [$"LAST_{state + 1}"]);
            else table.Add($"LAST_{state}", Does(Transition.Completed));
        return table.Build();
    }

    private static string Next(int state) => state + 1 < StatesBefore ? $"STATE_{state + 1}" : "FORK";

    private static StateHandler To(string state) => Does(Transition.To(state));

    private static StateHandler Does(Transition transition) => (scope, context, _) =>
        Task.FromResult(new StateResult(context with { Entities = context.Entities.Add($"fact of {scope.State}") }, transition));
}
