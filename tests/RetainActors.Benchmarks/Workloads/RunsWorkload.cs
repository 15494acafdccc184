using System.Diagnostics;
using System.Globalization;
using Akka.Actor;
using Akka.Configuration;
using RetainActors.Persistence;
using RetainActors.Runs;

namespace RetainActors.Benchmarks.Workloads;

/// <summary>
/// Many runs at once in one process on the journal in memory: what a live run costs, how long all take, and whether any of them starves.
/// All wait in their first state until every run is there, so that they are live together.
/// </summary>
internal static class RunsWorkload
{
    private const int States = 12;

    public static async Task RunAsync(int count)
    {
        var system = ActorSystem.Create("bench", ConfigurationFactory.ParseString(
            $"""
            retain.run.max-live-runs = {count}
            akka.loglevel = WARNING
            akka.persistence.journal.plugin = "{FilePersistence.MemoryJournalPath}"
            akka.persistence.snapshot-store.plugin = "akka.persistence.no-snapshot-store"
            """).WithFallback(FilePersistence.DefaultConfig));
        var (gaps, allLive) = (new Gaps(count), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        var entered = 0;
        var runs = RetainRuns.Start(system, Table(async scope =>
        {
            if (scope.State == Name(0))
            {
                if (Interlocked.Increment(ref entered) == count) allLive.TrySetResult();
                await allLive.Task;
            }

            gaps.OnEntered(NumberOf(scope.Key));
        }));
        Print($"{count:N0} runs of {States} transitions at once, {Environment.ProcessorCount} processors");

        var before = ManagedBytes();
        var clock = Stopwatch.StartNew();
        var all = Enumerable.Range(0, count).Select(n => runs.RunAsync(KeyOf(n), $"text {n}")).ToArray();
        await allLive.Task;
        Print($"  all live after {clock.Elapsed.TotalSeconds:N1} s; {(ManagedBytes() - before) / (double)count:N0} managed bytes for each, journal included");

        clock.Restart();
        var results = await Task.WhenAll(all);
        var seconds = clock.Elapsed.TotalSeconds;
        var completed = results.Count(result => result.Outcome == RunOutcome.Completed);
        Print($"  {completed:N0} completed, {count - completed:N0} not, in {seconds:N1} s: {count * States / seconds:N0} transitions/s");
        Print($"  longest time that any run waited from one state to its next: {gaps.Longest.TotalSeconds:N2} s; median of the runs' longest: {gaps.Median.TotalSeconds:N2} s");
        Print($"  peak of the process {Process.GetCurrentProcess().PeakWorkingSet64 / 1024.0 / 1024:N0} MiB");
        foreach (var failed in results.Where(result => result.Outcome != RunOutcome.Completed).GroupBy(result => result.Error?.Reason))
            Print($"  {failed.Count():N0} ended with {failed.Key}: {failed.First().Error?.Detail}");
        await system.Terminate();
    }

    private static StateTable Table(Func<StateScope, Task> enter)
    {
        var table = new StateTableBuilder(Name(0));
        for (var state = 0; state < States; state++)
        {
            var next = state + 1 < States ? Name(state + 1) : null;
            table.Add(Name(state), async (scope, context, _) =>
            {
                await enter(scope);
                return new StateResult(
                    context with { Entities = context.Entities.Add($"found in {scope.State}") }, next is null ? Transition.Completed : Transition.To(next));
            }, next is null ? [] : [next]);
        }

        return table.Build();
    }

    private static string Name(int state) => string.Create(CultureInfo.InvariantCulture, $"STATE_{state:D2}");

    private static CheckpointKey KeyOf(int run) => new($"bank-{run % 7}", string.Create(CultureInfo.InvariantCulture, $"documents/{run:D7}.md"));

    private static int NumberOf(CheckpointKey key) => int.Parse(key.Source.AsSpan("documents/".Length, 7), CultureInfo.InvariantCulture);

    private static long ManagedBytes() => GC.GetTotalMemory(forceFullCollection: true);

    private static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    /// <summary>The longest time of each run between entering one state and the next.</summary>
    private sealed class Gaps(int runs)
    {
        private readonly long[] _last = new long[runs];
        private readonly long[] _longest = new long[runs];

        public TimeSpan Longest => Stopwatch.GetElapsedTime(0, _longest.Max());

        public TimeSpan Median => Stopwatch.GetElapsedTime(0, _longest.Order().ElementAt(runs / 2));

        /// <summary>Called by one state of a run at a time, each after the save of the one before.</summary>
        public void OnEntered(int run)
        {
            var now = Stopwatch.GetTimestamp();
            if (_last[run] != 0) _longest[run] = Math.Max(_longest[run], now - _last[run]);
            _last[run] = now;
        }
    }
}
