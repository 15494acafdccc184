using System.Diagnostics;
using Akka.Actor;
using Xunit.Abstractions;

namespace RetainActors.Cluster.Tests;

/// <summary>Runs with slow states on three node processes, one of which is killed again and again and comes back at its address.</summary>
[Collection(PostgresTests.Name)]
public sealed class NodeDeathSpecs(PostgresFixture postgres, ITestOutputHelper output)
{
    private const int NodeCount = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    [Trait("Category", "Soak")]
    [SkippableFact(DisplayName = "Runs whose node is killed should be resumed elsewhere, with no acknowledged state run twice, and nobody asks again")]
    public Task One_death() => DieAsync(runs: 60, states: 4, TimeSpan.FromSeconds(1.5), deaths: 1, between: TimeSpan.Zero);

    [Trait("Category", "Soak")]
    [SkippableFact(DisplayName = "A thousand runs should complete, each acknowledged state run once, while a node dies every ten seconds")]
    public Task Many_deaths() => DieAsync(
        TestNumber.Of("RETAIN_CLUSTER_RUNS", 1000), states: 12, TimeSpan.FromSeconds(10), TestNumber.Of("RETAIN_CLUSTER_DEATHS", 12),
        between: TimeSpan.FromSeconds(10));

    [Fact(DisplayName = "The log of states should find an acknowledged state that is run again, one left out, and one run twice at once")]
    public void Finds()
    {
        var (one, other) = (new Teller(0, 1), new Teller(1, 1));
        var killed = new Dictionary<Teller, long> { [one] = 25 };
        Assert.Empty(Of((one, 10, 0), (one, 20, 1), (other, 30, 1), (other, 40, 2)).Violations(killed));
        Assert.Contains("acknowledged", Of((one, 10, 0), (one, 20, 1), (other, 30, 0)).Violations(killed).Single(), StringComparison.Ordinal);
        Assert.Single(Of((one, 10, 0), (one, 20, 2)).Violations(killed));
        Assert.Contains("had not died", Of((other, 10, 0), (one, 20, 0)).Violations(killed).Single(), StringComparison.Ordinal);
        Assert.Single(Of((one, 10, 0), (other, 24, 0)).Violations(killed));

        static StateLog Of(params (Teller Teller, long Time, int State)[] entries)
        {
            var log = new StateLog(3);
            foreach (var (teller, time, state) in entries) log.Add(new Entered(teller, time, "run", state));
            return log;
        }
    }

    private async Task DieAsync(int runs, int states, TimeSpan latency, int deaths, TimeSpan between)
    {
        Requires.Linux();
        var database = postgres.NewDatabase();
        var log = new StateLog(states);
        var killed = new Dictionary<Teller, long>();
        // A thousand runs that begin at once keep a small machine busy; a node that comes back ends the wait for its former self.
        var settings = $"{StateLog.Settings}\nakka.cluster.failure-detector.acceptable-heartbeat-pause = 10 s\ndriver {{ states = {states}, model-latency = {latency.TotalMilliseconds} ms }}\nretain.run.max-live-runs = {runs}";
        // A hundred connections a node, the usual, are more than the server takes from three.
        using var fleet = new Fleet(database.With("Maximum Pool Size=25"), NodeCount, settings, log.Take);
        await fleet.WholeAsync();

        // The node that asks is the first to die.
        fleet[0].WriteLine($"RUN {runs}");
        await UntilAsync(log, () => log.Begun == runs, "began");
        var watch = Stopwatch.StartNew();
        for (var death = 0; death < deaths; death++)
        {
            var node = death % NodeCount;
            var due = between * death;
            if (due > watch.Elapsed) await Task.Delay(due - watch.Elapsed);
            var teller = fleet.Now(node);
            killed[teller] = await fleet.KillAsync(node);
            var at = watch.Elapsed;
            var restarted = await fleet.WholeAsync();
            output.WriteLine($"{at.TotalSeconds:0.0} s: node {node} killed; all up again after {(watch.Elapsed - at).TotalSeconds:0.0} s{(restarted.Count > 1 ? ", others too" : "")}; {log.AtLast} runs in their last state");
        }

        output.WriteLine($"{deaths} deaths within {watch.Elapsed.TotalSeconds:0} s");
        await UntilAsync(log, () => log.AtLast == runs, "came to their last state");
        await CompletedAsync(database, runs, states);
        output.WriteLine($"{runs} runs completed after {watch.Elapsed.TotalSeconds:0} s");

        var resumed = log.Resumed(killed);
        output.WriteLine($"{log.All.Count()} states entered, {log.Repeats} of them again because their node died in them");
        output.WriteLine($"{resumed.Count} resumptions: median {resumed[resumed.Count / 2].TotalSeconds:0.0} s, worst {resumed[^1].TotalSeconds:0.0} s after the kill");
        Assert.Empty(log.Violations(killed));
    }

    /// <summary>Every run is completed, and every state stands once in its log, in order.</summary>
    private static async Task CompletedAsync(Database database, int runs, int states)
    {
        var expected = Enumerable.Range(0, states).Select(state => $"S{state}").ToArray();
        var missing = Enumerable.Range(0, runs).Select(run => new CheckpointKey("bank", $"runs/{run}.md")).ToHashSet();
        var watch = Stopwatch.StartNew();
        while (missing.Count > 0)
        {
            Assert.True(watch.Elapsed < Patience, $"{missing.Count} runs did not complete, such as {missing.First()}");
            // A reader of its own each time: it would keep what it read.
            using var reader = ActorSystem.Create("reader", RetainCluster.ReadOnly(Nodes.Config(database)));
            foreach (var key in missing.ToArray())
            {
                var context = (await Nodes.Client(reader).LoadAsync(key))?.Context;
                if (context is not { Status: CheckpointStatus.Completed }) continue;
                Assert.Equal(expected, context.StepLog.Select(step => step.State));
                Assert.Equal(expected, context.Entities);
                missing.Remove(key);
            }

            await reader.Terminate();
        }
    }

    private static async Task UntilAsync(StateLog log, Func<bool> isTrue, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!isTrue())
        {
            Assert.True(
                watch.Elapsed < Patience,
                $"not all runs {what}: {log.Begun} began, {log.AtLast} are in their last state; {log.Failed.Count()} ended otherwise, the first:\n{string.Join('\n', log.Failed.Take(10))}");
            await Task.Delay(100);
        }
    }
}
