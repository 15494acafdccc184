using RetainActors.Checkpoints;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Testing.Conformance;

internal static class BranchClauses
{
    public static IEnumerable<Clause> All =>
    [
        new("BRANCH-1", "A stored result shows its branch, its fields and their values.", async run =>
        {
            var fork = await OpenAsync(run);
            var saved = await fork.SaveAsync("A", context => context with { DocumentId = "d" });
            var branch = (await run.LoadAsync(run.Key)).Branches.Single();
            run.Equal(("FORK", 1, "A", saved.Revision), (branch.ForkState, branch.Visit, branch.Branch, branch.Revision), "the branch");
            run.Equal("d", branch.Delta.ApplyTo(fork.Context).DocumentId, "what it changed");
        }),
        new("BRANCH-2", "Several fields of one result: exactly those.", async run =>
        {
            var fork = await OpenAsync(run);
            await fork.SaveAsync("A", Change);
            run.Equal(Change(fork.Context), (await run.LoadAsync(run.Key)).Branches.Single().Delta.ApplyTo(fork.Context), "the result");

            static RetainContext Change(RetainContext context) => context with { DocumentId = "d", Entities = ["x", "y"], WikisUpdated = ["w"] };
        }),
        new("BRANCH-3", "Two branches on one field stay separate.", async run =>
        {
            var fork = await OpenAsync(run);
            await fork.SaveAsync("A", context => context with { Entities = ["of a"] });
            await fork.SaveAsync("B", context => context with { Entities = ["of b"] });
            var branches = (await run.LoadAsync(run.Key)).Branches;
            var results = branches.Select(branch => $"{branch.Branch}: {branch.Delta.ApplyTo(fork.Context).Entities.Single()}");
            run.Sequence(["A: of a", "B: of b"], results, "the branches");
        }),
        new("BRANCH-4", "The name of a branch is unchanged, whatever it is.", async run =>
        {
            var fork = await OpenAsync(run);
            await fork.SaveAsync("a/b ~ \u00fc \U0001f600", context => context);
            run.Equal("a/b ~ \u00fc \U0001f600", (await run.LoadAsync(run.Key)).Branches.Single().Branch, "the name");
        }),
        new("BRANCH-5", "A structured result is unchanged.", async run =>
        {
            var fork = await OpenAsync(run);
            var step = new StepLogEntry("parallel:A", Timestamp.Parse("2026-01-02T03:04:05+01:00"), null, 0.1);
            await fork.SaveAsync("A", context => context with { StepLog = context.StepLog.Add(step), SupersedesEdges = [new SupersedesEdge("o", "n")] });
            var result = (await run.LoadAsync(run.Key)).Branches.Single().Delta.ApplyTo(fork.Context);
            run.Equal(step, result.StepLog[^1], "the step");
            run.Sequence([new SupersedesEdge("o", "n")], result.SupersedesEdges, "the edges");
        }),
        new("BRANCH-6", "A result belongs to one visit of its fork; another visit takes none of it.", async run =>
        {
            var fork = await OpenAsync(run);
            await run.RefusedAsync(RefuseReason.Invalid, fork.Result("A", context => context) with { Visit = 2 });
            await run.RefusedAsync(RefuseReason.Invalid, fork.Result("A", context => context) with { ForkState = "OTHER" });
            run.Equal(0, (await run.LoadAsync(run.Key)).Branches.Length, "the number of branches");
        }),
        new("BRANCH-7", "The same result twice is stored once; another result of the same branch is a conflict.", async run =>
        {
            var fork = await OpenAsync(run);
            var first = await fork.SaveAsync("A", context => context with { DocumentId = "d" });
            var again = await fork.SaveAsync("A", context => context with { DocumentId = "d" });
            run.Equal(first.Revision, again.Revision, "the revision of the repetition");
            await run.RefusedAsync(RefuseReason.Conflict, fork.Result("A", context => context with { DocumentId = "another" }));
            run.Equal(1, (await run.LoadAsync(run.Key)).Branches.Length, "the number of branches");
        }),
        new("BRANCH-8", "An error of a branch and a parked run are kept, and told from each other and from a result.", async run =>
        {
            var fork = await OpenAsync(run);
            await fork.SaveAsync("A", context => context with { DocumentId = "d" });
            var failed = fork.Context with { Status = CheckpointStatus.Failed, Errors = ["B: it broke"] };
            await run.DoAsync<Saved>(new Save(failed, Epoch: fork.Epoch));
            var loaded = await run.LoadAsync(run.Key);
            run.Equal((CheckpointStatus.Failed, "B: it broke"), (loaded.Context.Status, loaded.Context.Errors.Single()), "status and error");
            run.Equal("A", loaded.Branches.Single().Branch, "the branch that finished beside the error");
            await run.SaveAsync(failed with { Status = CheckpointStatus.Parked });
            run.Equal(CheckpointStatus.Parked, (await run.LoadAsync(run.Key)).Context.Status, "the status");
        }),
        new("BRANCH-10", "A new state starts with no results.", async run =>
        {
            var fork = await OpenAsync(run);
            await fork.SaveAsync("A", context => context with { DocumentId = "d" });
            await run.DoAsync<Saved>(new Save(fork.Context with { CompletedState = "JOIN" }, Epoch: fork.Epoch));
            run.Equal(0, (await run.LoadAsync(run.Key)).Branches.Length, "the number of branches");
        }),
    ];

    /// <summary>Claims the clause's key and saves a context that completed a fork.</summary>
    public static async Task<Fork> OpenAsync(ClauseRun run, string bank = ClauseRun.Bank)
    {
        var key = run.KeyIn(bank);
        var claimed = await run.DoAsync<Claimed>(new Claim(key));
        var context = new RetainContext(key)
        {
            CompletedState = "FORK",
            NextState = "JOIN",
            StepLog = [new StepLogEntry("FORK", Timestamp.Parse("2026-01-02T03:04:05Z"), Timestamp.Parse("2026-01-02T03:04:06Z"), 1)],
        };
        await run.DoAsync<Saved>(new Save(context, Epoch: claimed.Epoch));
        return new Fork(run, context, claimed.Epoch);
    }

    /// <summary>An open fork, and how its branches are saved.</summary>
    public sealed record Fork(ClauseRun Run, RetainContext Context, long Epoch)
    {
        public SaveBranch Result(string branch, Func<RetainContext, RetainContext> change) =>
            new(Context.Key, Epoch, "FORK", 1, branch, ContextDelta.Between(Context, change(Context)), Guid.NewGuid());

        public Task<Saved> SaveAsync(string branch, Func<RetainContext, RetainContext> change) => Run.DoAsync<Saved>(Result(branch, change));
    }
}
