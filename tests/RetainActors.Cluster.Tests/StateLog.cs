using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace RetainActors.Cluster.Tests;

/// <summary>
/// Which node entered which state of which run when, told by the states themselves to this process, which outlives the nodes. A state
/// was acknowledged when the next one is entered.
/// </summary>
internal sealed class StateLog(int states)
{
    private readonly ConcurrentQueue<Entered> _entered = new();
    private readonly ConcurrentQueue<string> _failed = new();
    private readonly ConcurrentDictionary<string, int> _furthest = new(StringComparer.Ordinal);

    /// <summary>Above the settings of a node: it tells of runs that end otherwise than completed.</summary>
    public const string Settings = "akka.loglevel = WARNING";

    public IEnumerable<Entered> All => _entered;

    /// <summary>What nodes said of runs that did not complete.</summary>
    public IEnumerable<string> Failed => _failed;

    /// <summary>How many runs entered their first state.</summary>
    public int Begun => _furthest.Count;

    /// <summary>How many runs entered their last state.</summary>
    public int AtLast => _furthest.Values.Count(state => state == states - 1);

    /// <summary>Takes a line of a node: <c>STATE time run state</c>; others are not for it.</summary>
    public void Take(Teller teller, string line)
    {
        if (line.Contains(" ended as ", StringComparison.Ordinal)) _failed.Enqueue($"{teller}: {line}");
        if (line.Split(' ') is not ["STATE", var time, var run, var state]) return;
        Add(new Entered(teller, long.Parse(time, CultureInfo.InvariantCulture), run, int.Parse(state, CultureInfo.InvariantCulture)));
    }

    public void Add(Entered entered)
    {
        _entered.Enqueue(entered);
        _furthest.AddOrUpdate(entered.Run, entered.State, (_, state) => Math.Max(state, entered.State));
    }

    /// <summary>What must not be: an acknowledged state entered again, one left out, or one entered twice though its first node lived.</summary>
    /// <param name="killed">When each node that died did.</param>
    public IReadOnlyList<string> Violations(IReadOnlyDictionary<Teller, long> killed)
    {
        var violations = new List<string>();
        foreach (var run in _entered.GroupBy(entered => entered.Run))
        {
            Entered? last = null;
            foreach (var entered in run.OrderBy(entered => entered.Time))
            {
                var state = last?.State ?? -1;
                if (entered.State < state) violations.Add($"{run.Key}: {entered.State} was entered after {state}, so it was acknowledged");
                else if (entered.State > state + 1) violations.Add($"{run.Key}: {entered.State} was entered after {state}");
                else if (last is { } before && entered.State == state && !(killed.TryGetValue(before.Teller, out var at) && at < entered.Time))
                    violations.Add($"{run.Key}: {state} was entered twice, and {before.Teller} had not died");
                last = entered;
            }
        }

        return violations;
    }

    /// <summary>How often a state was entered again because its node died in it.</summary>
    public int Repeats => _entered.Count - _entered.Select(entered => (entered.Run, entered.State)).Distinct().Count();

    /// <summary>For each run that was on a node when it was killed: how long until it entered a state elsewhere, shortest first.</summary>
    public IReadOnlyList<TimeSpan> Resumed(IReadOnlyDictionary<Teller, long> killed)
    {
        var times = new List<TimeSpan>();
        foreach (var run in _entered.GroupBy(entered => entered.Run))
        {
            var entries = run.OrderBy(entered => entered.Time).ToList();
            for (var i = 0; i + 1 < entries.Count; i++)
                if (killed.TryGetValue(entries[i].Teller, out var at) && entries[i + 1].Time > at && entries[i + 1].Teller != entries[i].Teller)
                    times.Add(Stopwatch.GetElapsedTime(at, entries[i + 1].Time));
        }

        return [.. times.Order()];
    }
}

/// <summary>A state was entered.</summary>
internal readonly record struct Entered(Teller Teller, long Time, string Run, int State);
