using System.Collections.Immutable;
using RetainActors.Json;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Runs;

/// <summary>What a run may do with the checkpoint that it found.</summary>
internal abstract record RunPlan
{
    /// <summary>Nothing: the checkpoint is completed.</summary>
    public sealed record UpToDate : RunPlan;

    /// <summary>Nothing: it is not allowed.</summary>
    public sealed record Refuse(RunError Error) : RunPlan;

    /// <summary>Start with this context.</summary>
    public sealed record Start(RetainContext Context) : RunPlan;

    /// <summary>Go on with this context.</summary>
    public sealed record Resume(RetainContext Context) : RunPlan;
}

/// <summary>The rules of a run: pure, no clock, no I/O.</summary>
internal static class RunDecider
{
    private const string NoTransition = "the state returned no transition";

    /// <summary>What to do with a checkpoint (null: there is none) and a source text.</summary>
    public static RunPlan Plan(Loaded? loaded, RunProtocol.StartRun request, StateTable table, Timestamp now)
    {
        var sha256 = SourceText.Sha256Of(request.Text);
        var fresh = new RetainContext(request.Key)
        {
            TextLength = request.Text.Length,
            TextSha256 = sha256,
            ReferenceDate = request.ReferenceDate,
            NextState = table.InitialState,
            Table = table.Fingerprint,
            StartedAt = now,
        };
        if (loaded is null) return new RunPlan.Start(fresh);

        var context = loaded.Context;
        // A checkpoint saved without a hash, as an import may be, says nothing about the text.
        if (context.TextSha256 is { } known && known != sha256)
        {
            if (request.OnTextChange == ChangePolicy.Restart) return new RunPlan.Start(fresh);
            if (request.OnTextChange == ChangePolicy.Refuse)
                return Refuse("TextChanged", $"the checkpoint was made from a text of SHA-256 {known}, the given one has {sha256}; restart or continue");
        }

        // A completed run goes nowhere: a changed table is no reason to refuse its result.
        if (context.Table?.DifferenceTo(table.Fingerprint, table.NameOf) is { } difference)
        {
            if (request.OnTableChange == ChangePolicy.Restart) return new RunPlan.Start(fresh);
            if (request.OnTableChange == ChangePolicy.Refuse && context.Status != CheckpointStatus.Completed)
                return Refuse("TableChanged", $"the checkpoint was made with another state table: {difference}; restart, continue, or declare former names as aliases");
        }

        if (context.Status == CheckpointStatus.Completed) return new RunPlan.UpToDate();
        if (context.Status == CheckpointStatus.Parked) return Refuse("Parked", $"the run is parked: {string.Join("; ", context.Errors)}; unpark it first");
        if (context.NextState is not { } next || !table.TryGet(next, out _))
            return Refuse("UnknownState", $"the checkpoint goes on at '{context.NextState}', which is not in the state table");
        if (table.IsBranch(next))
            return Refuse("UnknownState", $"the checkpoint goes on at '{next}', which is a branch in the state table and no state to enter");
        var fork = OpenFork(table, context);
        if (loaded.Branches.Select(branch => table.NameOf(branch.Branch)).FirstOrDefault(branch => fork?.Branches.Contains(branch) == false) is { } lost)
            return Refuse("TableChanged", $"the checkpoint has a result of branch '{lost}', which fork '{fork!.Name}' does not declare; restart, or declare it");
        if (fork is null && (loaded.Branches.Length > 0 || IsFork(table, context.CompletedState)))
            return Refuse(
                "TableChanged",
                $"the checkpoint is between '{context.CompletedState}' and its join '{next}', a fork that the state table does not declare");
        return new RunPlan.Resume(context with
        {
            TextLength = request.Text.Length,
            TextSha256 = sha256,
            Table = table.Fingerprint,
            Attempt = context.Attempt + 1,
            Status = CheckpointStatus.Running,
            Errors = [],
        });
    }

    /// <summary>Why a state did not succeed; null when it did.</summary>
    public static string? StateError(StateDefinition state, StepOutcome outcome) => outcome.Error ?? Undeclared(state, outcome.Transition);

    /// <summary>The context that a successful state leads to from the one that it was entered with.</summary>
    public static RetainContext AfterState(StateDefinition state, RetainContext before, StepOutcome outcome)
    {
        var after = before with { StepLog = before.StepLog.Add(outcome.Entry(state.Name, before.Attempt)), CompletedState = state.Name };
        after = TakeOutputs(outcome.Context!, after);
        return outcome.Transition switch
        {
            Transition.Next next => after with { NextState = next.State },
            Transition.Parallel => after with { NextState = state.Join },
            _ => after with { NextState = null, Status = CheckpointStatus.Completed, CompletedAt = outcome.EndedAt },
        };
    }

    /// <summary>The context that a successful branch leads to from its fork's.</summary>
    public static RetainContext AfterBranch(string branch, RetainContext fork, StepOutcome outcome) =>
        TakeOutputs(outcome.Context!, fork with { StepLog = fork.StepLog.Add(outcome.Entry(StepLogEntry.BranchPrefix + branch, fork.Attempt)) });

    /// <summary>Why a branch did not succeed; null when it did.</summary>
    public static string? BranchError(StepOutcome outcome) => outcome.Error ?? outcome.Transition switch
    {
        Transition.Complete => null,
        Transition.Failed failed => failed.Reason,
        null => NoTransition,
        var other => $"a branch ends with Complete or Failed, not with {other.GetType().Name}",
    };

    /// <summary>
    /// The context after a step failed; the state that a resume enters stays. A failure that is retried stands in the step
    /// log alone.
    /// </summary>
    public static RetainContext Failed(RetainContext before, StepOutcome outcome, StepFailure failure)
    {
        // Foreign text, for people to read: what JSON cannot hold must not keep the failure from being stored.
        var storable = WellFormedText.Replace(failure.Error);
        return before with
        {
            StepLog = before.StepLog.Add(outcome.Entry(failure.Step, before.Attempt) with { Error = storable }),
            Errors = failure.IsRetried ? before.Errors : before.Errors.Add($"{failure.Step}: {storable}"),
            Status = failure.Status,
        };
    }

    /// <summary>The context of a run that has taken as many steps as a run may; the state that a resume enters stays.</summary>
    public static RetainContext AtStepLimit(RetainContext before) => before with
    {
        Errors = before.Errors.Add($"{before.NextState}: not entered, the run has taken {before.StepLog.Length} steps; retain.run.max-steps"),
        Status = CheckpointStatus.Failed,
    };

    /// <summary>The context of a parked run that may start again: its failures up to now count no more.</summary>
    public static RetainContext Unparked(RetainContext parked) =>
        parked with { Status = CheckpointStatus.Running, UnparkedAfterAttempt = parked.Attempt };

    /// <summary>The fork whose branches must be done before the next state is entered; null when there is none.</summary>
    public static StateDefinition? OpenFork(StateTable table, RetainContext context) =>
        context.CompletedState is { } completed && table.TryGet(completed, out var state) && state.IsFork && context.NextState is { } next && state.Join == table.NameOf(next)
            ? state
            : null;

    /// <summary>The durable results of branches, by the names that these have now.</summary>
    public static ImmutableArray<Checkpoints.BranchResult> Renamed(StateTable table, ImmutableArray<Checkpoints.BranchResult> branches) =>
        [.. branches.Select(branch => branch with { Branch = table.NameOf(branch.Branch) })];

    /// <summary>The branches of an open fork that have no result yet, in declared order.</summary>
    public static ImmutableArray<string> MissingBranches(StateDefinition fork, IEnumerable<Checkpoints.BranchResult> done) =>
        [.. fork.Branches.Except(done.Select(branch => branch.Branch))];

    private static bool IsFork(StateTable table, string? name) => name is not null && table.TryGet(name, out var state) && state.IsFork;

    private static string? Undeclared(StateDefinition state, Transition? transition) => transition switch
    {
        Transition.Complete => null,
        Transition.Parallel when state.IsFork => null,
        Transition.Next next when state.Next.Contains(next.State) => null,
        Transition.Failed failed => failed.Reason,
        Transition.Next next => $"undeclared transition to '{next.State}'; the table declares {Declared(state)}",
        Transition.Parallel => $"undeclared parallel block; the table declares {Declared(state)}",
        _ => NoTransition,
    };

    private static string Declared(StateDefinition state) =>
        state.IsFork ? "a parallel block" : state.Next.IsEmpty ? "no successor" : string.Join(", ", state.Next);

    private static RunPlan.Refuse Refuse(string reason, string detail) => new(new RunError(reason, detail));

    /// <summary>Takes what a state may change; the control plane stays the engine's.</summary>
    private static RetainContext TakeOutputs(RetainContext from, RetainContext into) => into with
    {
        ReferenceDate = from.ReferenceDate,
        DocumentId = from.DocumentId,
        Entities = from.Entities,
        WikisCreated = from.WikisCreated,
        WikisUpdated = from.WikisUpdated,
        SupersedesEdges = from.SupersedesEdges,
        UnknownMembers = from.UnknownMembers,
    };
}
