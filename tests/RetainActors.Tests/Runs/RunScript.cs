using System.Collections.Immutable;
using CsCheck;
using RetainActors.Runs;

namespace RetainActors.Tests.Runs;

/// <summary>
/// A random state table as data. Its steps are entered in order; a fork's join is the step behind it. A plain step can go
/// back once, so that states and forks are visited again. Every visit of a state or branch leaves its mark in the context.
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

    /// <summary>How often a state or branch fails before it succeeds, at every visit.</summary>
    public int FailuresOf(string mark)
    {
        var name = mark[..mark.IndexOf('#', StringComparison.Ordinal)];
        return Steps.Concat(Steps.SelectMany(step => step.Branches)).Single(step => step.Name == name).Failures;
    }

    /// <summary>The table that does the same, and tells the world what it does.</summary>
    public StateTable ToTable(RunWorld world)
    {
        var table = new StateTableBuilder(Steps[0].Name);
        for (var i = 0; i < Steps.Length; i++)
        {
            var (step, next) = (Steps[i], i + 1 < Steps.Length ? Steps[i + 1].Name : null);
            if (step.Branches.IsEmpty)
            {
                var back = step.BackTo is { } target ? Steps[target].Name : null;
                table.Add(step.Name, Handler(step, world, visit => visit == 0 && back is not null ? Transition.To(back) : EndOrNext(next)),
                    next: [.. new[] { back, next }.OfType<string>()]);
                continue;
            }

            table.AddFork(step.Name, Handler(step, world, _ => Transition.Fork), step.Branches.Select(branch => branch.Name), next!);
            foreach (var branch in step.Branches) table.Add(branch.Name, Handler(branch, world, _ => Transition.Completed, fork: step.Name));
        }

        return table.Build();
    }

    public override string ToString() => string.Join(" ", Steps);

    public static Gen<RunScript> Generator { get; } =
        Gen.Select(
            Gen.Int[0, 2], Gen.Bool, Gen.Int[-3, 3], Gen.Select(Gen.Int[0, 2], Gen.Bool).Array[1, 3], Gen.Int[0, 2],
            (failures, throws, back, branches, kind) => (failures, throws, back, branches, isFork: kind == 0)).Array[1, 5]
        .Select(steps => new RunScript([.. steps.Select((step, i) => new ScriptStep(
            $"S{i}", Math.Max(0, step.failures - 1), step.throws)
        {
            BackTo = !step.isFork && step.back >= 0 && step.back <= i ? step.back : null,
            Branches = step.isFork && i + 1 < steps.Length
                ? [.. step.branches.Select((branch, b) => new ScriptStep($"S{i}B{b}", Math.Max(0, branch.Item1 - 1), branch.Item2))]
                : [],
        })]));

    private static string MarkOf(string name, int visit) => $"{name}#{visit}";

    private static Transition EndOrNext(string? next) => next is null ? Transition.Completed : Transition.To(next);

    private static StateHandler Handler(ScriptStep step, RunWorld world, Func<int, Transition> transition, string? fork = null) =>
        (scope, context, _) =>
        {
            var visit = context.VisitsOf(fork ?? step.Name);
            var mark = MarkOf(step.Name, visit);
            if (world.Execute(mark, scope.Epoch) > step.Failures)
                return Task.FromResult(new StateResult(context with { Entities = context.Entities.Add(mark) }, transition(visit)));
            return step.Throws ? throw new TimeoutException("no model today") : Task.FromResult(new StateResult(context, Transition.Fail("refused")));
        };
}

/// <summary>A state or branch: fails, by an exception or by a result, a number of times at every visit.</summary>
internal sealed record ScriptStep(string Name, int Failures, bool Throws)
{
    public int? BackTo { get; init; }

    public ImmutableArray<ScriptStep> Branches { get; init; } = [];

    public override string ToString() =>
        $"{Name}{(Failures == 0 ? "" : Throws ? "!" : "?")}{(BackTo is { } back ? $"^S{back}" : "")}{(Branches.IsEmpty ? "" : $"[{string.Join(' ', Branches)}]")}";
}
