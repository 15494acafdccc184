using System.Globalization;
using RetainActors.Checkpoints;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Tests.Checkpoints.Linearizability;

/// <summary>
/// Seeded interleavings of two clients with failing journals and killed regions: every key's history has an order that a
/// plain register explains. <c>RETAIN_LINEARIZABILITY_CASES</c> sets how many; <c>RETAIN_LINEARIZABILITY_SEED</c> where they begin.
/// </summary>
public sealed class LinearizabilitySpecs
{
    private const int CasesPerSystem = 250;

    private static int Cases => Number("RETAIN_LINEARIZABILITY_CASES", 200);

    private static int FirstSeed => Number("RETAIN_LINEARIZABILITY_SEED", 1);

    [Fact(DisplayName = "Saves, loads, claims, deletions and rewinds of a key should be linearizable, whatever fails")]
    public async Task Linearizable()
    {
        var violation = await FirstViolationAsync(FirstSeed, Cases);
        Assert.True(violation is null, violation);
    }

    [Fact(DisplayName = "A decider without the check of the epoch should be caught by the linearizability check")]
    public async Task Without_epochs() => Assert.NotNull(await FirstViolationAsync(1, 200, (state, command, inputs) =>
        CheckpointDecider.Decide(state, command is Save save ? save with { Epoch = state.Epoch } : command, inputs)));

    [Fact(DisplayName = "A decider without memory of save ids should be caught by the linearizability check")]
    public async Task Without_save_ids() => Assert.NotNull(await FirstViolationAsync(1, 200, (state, command, inputs) =>
        CheckpointDecider.Decide(state with { RecentRequests = RecentRequests.None }, command, inputs)));

    [Fact(DisplayName = "A journal that forgets what it acknowledged should be caught by the linearizability check")]
    public async Task Forgetful_journal() => Assert.NotNull(await FirstViolationAsync(1, 200, lies: true));

    [Fact(DisplayName = "A seed should give the same history every time")]
    public async Task Deterministic()
    {
        await using var system = await SeededSystem.StartAsync();
        HistoryOf(system, 0); // what a system makes once, such as its journal, is made on threads that follow no seed
        var histories = Enumerable.Range(1, 20).Select(seed => HistoryOf(system, seed)).ToList();
        Assert.Equal(histories, Enumerable.Range(1, 20).Select(seed => HistoryOf(system, seed)));
        Assert.Equal(0, system.Schedule.Foreign);

        static string HistoryOf(SeededSystem system, int seed)
        {
            var interleaving = new Interleaving(system, seed);
            interleaving.Run();
            return string.Join('\n', interleaving.Histories.Values.SelectMany(history => history).Select(operation => operation.ToString()));
        }
    }

    /// <summary>The seed and the history of the first case that no order explains; null when there is none.</summary>
    private static async Task<string?> FirstViolationAsync(int firstSeed, int cases, DecisionRule? decide = null, bool lies = false)
    {
        for (var done = 0; done < cases; done += CasesPerSystem)
        {
            await using var system = await SeededSystem.StartAsync(decide, lies);
            for (var seed = firstSeed + done; seed < firstSeed + Math.Min(cases, done + CasesPerSystem); seed++)
            {
                var interleaving = new Interleaving(system, seed);
                interleaving.Run();
                if (interleaving.Histories.Values.FirstOrDefault(history => !LinearizabilityChecker.IsLinearizable(history)) is { } history)
                    return $"seed {seed}, disturbances {string.Join(", ", interleaving.Disturbances)}\n{string.Join('\n', history)}";
            }
        }

        return null;
    }

    private static int Number(string variable, int otherwise) =>
        int.Parse(Environment.GetEnvironmentVariable(variable) ?? $"{otherwise}", CultureInfo.InvariantCulture);
}
