using System.Collections.Immutable;
using CsCheck;
using RetainActors.Runs;

namespace RetainActors.Tests.Runs;

/// <summary>
/// A random state table as data. Its steps are entered in order; a fork's join is the step behind it. A plain step can go
/// back once, so that states and forks are visited again. Every visit of a state or branch leaves its mark in the context.
/// Its table comes in generations, in each of which every state and branch has another name.
/// </summary>
internal sealed record RunScript(ImmutableArray<ScriptStep> Steps)
{
    /// <summary>The marks in the order a plain sequential interpreter leaves them, and the steps it logs.</summary>
    public (ImmutableArray<string> Marks, ImmutableArray<string> Log) Interpret()
    {
        var (marks, log) = (ImmutableArray.CreateBuilder<string>(), ImmutableArray.CreateBuilder<string>());
        var visits = new int[Steps.Length];
        for (var i = 0; i < Steps.Length;)
        {
            var step = Steps[i];
            marks.Add(MarkOf(step.Name, visits[i]++));
            log.Add(step.Name);
            foreach (var branch in step.Branches)
            {
                marks.Add(MarkOf(branch.Name, visits[i]));
                log.Add(StepLogEntry.BranchPrefix + branch.Name);
            }

            i = step.BackTo is { } back && visits[i] == 1 ? back : i + 1;
        }

        return (marks.ToImmutable(), log.ToImmutable());
    }

    /// <summary>All states and branches.</summary>
    public IEnumerable<ScriptStep> All => Steps.Concat(Steps.SelectMany(step => step.Branches));

    /// <summary>The state or branch that leaves a mark.</summary>
    public ScriptStep StepOf(string mark) => All.Single(step => step.Name == mark[..mark.IndexOf('#', StringComparison.Ordinal)]);

    /// <summary>How often a state or branch fails before it succeeds, at every visit.</summary>
    public int FailuresOf(string mark) => StepOf(mark).Failures;

    /// <summary>The name in the first generation.</summary>
    public static string NameOf(string step) => step.Split('~')[0];

    /// <summary>The table that does the same, and tells the world what it does.</summary>
    public StateTable ToTable(RunWorld world, int generation)
    {
        string Now(string name) => generation == 0 ? name : $"{name}~{generation}";
        var table = new StateTableBuilder(Now(Steps[0].Name)).Version($"{generation}");
        for (var former = 0; former < generation; former++)
            foreach (var step in All)
                table.Alias(former == 0 ? step.Name : $"{step.Name}~{former}", Now(step.Name));
        for (var i = 0; i < Steps.Length; i++)
        {
            var (step, next) = (Steps[i], i + 1 < Steps.Length ? Now(Steps[i + 1].Name) : null);
            if (step.Branches.IsEmpty)
            {
                var back = step.BackTo is { } target ? Now(Steps[target].Name) : null;
                table.Add(Now(step.Name), Handler(step, world, visit => visit == 0 && back is not null ? Transition.To(back) : EndOrNext(next)),
                    next: [.. new[] { back, next }.OfType<string>()], step.Policy);
                continue;
            }

            table.AddFork(
                Now(step.Name), Handler(step, world, _ => Transition.Fork), step.Branches.Select(branch => Now(branch.Name)), next!, step.Policy);
            foreach (var branch in step.Branches)
                table.Add(Now(branch.Name), Handler(branch, world, _ => Transition.Completed, fork: step.Name), policy: branch.Policy);
        }

        return table.Build();
    }

    public override string ToString() => string.Join(" ", Steps);

    public static Gen<RunScript> Generator { get; } =
        Gen.Select(StepGenerator, Gen.Int[-3, 3], StepGenerator.Array[1, 3], Gen.Int[0, 2]).Array[1, 5]
        .Select(steps => new RunScript([.. steps.Select((step, i) =>
        {
            var (made, back, branches, isFork) = (step.Item1, step.Item2, step.Item3, step.Item4 == 0);
            return made with
            {
                Name = $"S{i}",
                BackTo = !isFork && back >= 0 && back <= i ? back : null,
                Branches = isFork && i + 1 < steps.Length ? [.. branches.Select((branch, b) => branch with { Name = $"S{i}B{b}" })] : [],
            };
        })]));

    private static Gen<ScriptStep> StepGenerator => Gen.Select(
        Gen.Int[0, 4], Gen.Enum<ScriptFailure>(), Gen.Int[1, 3], Gen.Int[1, 4],
        (failures, kind, tries, parkAfter) => new ScriptStep("", Math.Max(0, failures - 1), kind, tries, parkAfter));

    private static string MarkOf(string name, int visit) => $"{name}#{visit}";

    private static Transition EndOrNext(string? next) => next is null ? Transition.Completed : Transition.To(next);

    private static StateHandler Handler(ScriptStep step, RunWorld world, Func<int, Transition> transition, string? fork = null) =>
        async (scope, context, stop) =>
        {
            var visit = context.StepLog.Count(entry => entry.Error is null && NameOf(entry.State) == (fork ?? step.Name));
            var mark = MarkOf(step.Name, visit);
            var executions = world.Execute(mark, scope.Epoch);
            if (executions > step.Failures)
                return new StateResult(context with { Entities = context.Entities.Add(mark) }, transition(visit));
            if (executions is null || step.Kind == ScriptFailure.Hangs) await Task.Delay(Timeout.Infinite, stop);
            return step.Kind == ScriptFailure.Throws ? throw new TimeoutException("no model today") : new StateResult(context, Transition.Fail("refused"));
        };
}

/// <summary>How a state or branch fails.</summary>
internal enum ScriptFailure
{
    Refuses,
    Throws,
    Hangs,
}

/// <summary>A state or branch: fails a number of times at every visit.</summary>
internal sealed record ScriptStep(string Name, int Failures, ScriptFailure Kind, int Tries, int ParkAfter)
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(1);

    public int? BackTo { get; init; }

    public ImmutableArray<ScriptStep> Branches { get; init; } = [];

    public StatePolicy Policy => new()
    {
        Retry = new RetryPolicy { MaxTries = Tries, MinBackoff = Short, MaxBackoff = Short },
        Timeout = Kind == ScriptFailure.Hangs ? 20 * Short : null,
        ParkAfter = ParkAfter,
    };

    public override string ToString() =>
        $"{Name}{(Failures == 0 ? "" : $"({Kind} {Failures}, tries {Tries}, parks {ParkAfter})")}{(BackTo is { } back ? $"^S{back}" : "")}{(Branches.IsEmpty ? "" : $"[{string.Join(' ', Branches)}]")}";
}
