using Akka.TestKit.Xunit2;
using RetainActors.Checkpoints;
using RetainActors.Runs;
using static RetainActors.Checkpoints.CheckpointProtocol;
using static RetainActors.Tests.Runs.Handlers;

namespace RetainActors.Tests.Runs;

/// <summary>Retries, parking and limits of one run, in virtual time.</summary>
public sealed class RetainRunActorRetrySpecs() : TestKit(VirtualTime.Config.WithFallback("akka.loglevel = WARNING"))
{
    private static readonly StatePolicy ThreeTries = new()
    {
        Retry = new RetryPolicy { MaxTries = 3, MinBackoff = TimeSpan.FromSeconds(8), Jitter = 0, Retries = e => e is TimeoutException },
    };

    [Fact(DisplayName = "A state that throws what its policy covers should be entered again after a growing wait, each failure stored before it")]
    public async Task Retried()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(RunEvent.Retried));
        var run = new ProbedRun(this, One(FailsTimes(2, Marks(Completes)), ThreeTries));

        await run.StartAsync();
        await run.SaveAsync();
        var first = await run.SaveAsync();
        await ExpectMsgAsync(new RunEvent.Retried(ProbedRun.Key, "A", 1, TimeSpan.FromSeconds(8), "TimeoutException: no model today"));
        Sys.Advance(TimeSpan.FromSeconds(7.75));
        Assert.False(run.Checkpoints.HasMessages, "the state was entered again too early");
        Sys.Advance(TimeSpan.FromSeconds(0.25));
        await run.SaveAsync();
        await ExpectMsgAsync(new RunEvent.Retried(ProbedRun.Key, "A", 2, TimeSpan.FromSeconds(16), "TimeoutException: no model today"));
        Sys.Advance(TimeSpan.FromSeconds(16));
        var last = await run.SaveAsync();
        var result = await run.EndAsync();

        Assert.Equal((CheckpointStatus.Running, "A", 0), (first.Status, first.NextState, first.Errors.Length));
        Assert.Equal("TimeoutException: no model today", first.StepLog.Single().Error);
        Assert.Equal((RunOutcome.Completed, 3), (result.Outcome, last.StepLog.Length));
        Assert.Equal<string>(["A", "A", "A"], result.StatesRun);
        Assert.Equal<string>(["A"], last.Entities);
    }

    [Theory(DisplayName = "A state that throws what its policy does not cover, or decides to fail, should not be entered again")]
    [InlineData(true, "IOException: gone")]
    [InlineData(false, "no such document")]
    public async Task Not_covered(bool throws, string error)
    {
        var run = new ProbedRun(this, One(throws ? Throws(() => new IOException("gone")) : Returns(Transition.Fail("no such document")), ThreeTries));

        await run.StartAsync();
        await run.SaveAsync();
        await run.SaveAsync();

        Assert.Equal((RunOutcome.Failed, new RunError("StateFailed", "A: " + error)), await OutcomeAsync(run));
    }

    [Fact(DisplayName = "When the tries of an attempt are used up the run should fail with the last error")]
    public async Task Tries_used_up()
    {
        var run = new ProbedRun(this, One(FailsTimes(9, Completes), ThreeTries));

        await run.StartAsync();
        await run.SaveAsync();
        await run.SaveAsync();
        await run.RetryAsync();
        await run.SaveAsync();
        await run.RetryAsync();
        await run.SaveAsync();

        Assert.Equal((RunOutcome.Failed, new RunError("StateFailed", "A: TimeoutException: no model today")), await OutcomeAsync(run));
    }

    [Fact(DisplayName = "Failures in a row should be counted over attempts, from the stored step log, and park the run")]
    public async Task Parked()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(RunEvent.Parked));
        var table = One(FailsTimes(9, Completes), new StatePolicy { ParkAfter = 3 });
        var stored = ProbedRun.Stored with { NextState = "A" };
        for (var attempt = 1; attempt < 3; attempt++)
        {
            var failing = new ProbedRun(this, table);
            await failing.StartAsync(stored);
            await failing.SaveAsync();
            stored = await failing.SaveAsync();
            Assert.Equal((RunOutcome.Failed, CheckpointStatus.Failed), ((await failing.EndAsync()).Outcome, stored.Status));
        }

        Assert.False(HasMessages, "parked too early");
        var run = new ProbedRun(this, table);
        await run.StartAsync(stored);
        await run.SaveAsync();
        var parked = await run.SaveAsync();
        var result = await run.EndAsync();

        Assert.Equal((CheckpointStatus.Parked, "A", 3), (parked.Status, parked.NextState, parked.StepLog.Length));
        Assert.Equal((RunOutcome.Parked, new RunError("Parked", "A: TimeoutException: no model today")), (result.Outcome, result.Error));
        await ExpectMsgAsync(new RunEvent.Parked(ProbedRun.Key, "A", 3, "TimeoutException: no model today"));
    }

    [Fact(DisplayName = "A branch should be retried by itself while its sibling goes on, and its failure be stored without touching the sibling's result")]
    public async Task Branch_retried()
    {
        var run = new ProbedRun(this, Forking(FailsTimes(1, Marks(Completes)), Marks(Completes)));

        await run.StartAsync();
        await run.SaveAsync();
        var fork = await run.SaveAsync();
        var (sibling, failure) = await BranchAndFailureAsync(run);
        await run.RetryAsync();
        var retried = await run.SaveBranchAsync();
        var join = await run.SaveAsync();
        var result = await run.EndAsync();

        Assert.Equal(("Y", "X"), (sibling.Branch, retried.Branch));
        Assert.Equal((CheckpointStatus.Running, fork.CompletedState, fork.NextState), (failure.Status, failure.CompletedState, failure.NextState));
        Assert.Equal((sibling.ForkState, sibling.Visit), (retried.ForkState, retried.Visit));
        Assert.Equal<string>(["X", "Y"], join.Entities);
        Assert.Equal(["F", "parallel:X", "parallel:X", "parallel:Y", "J"], join.StepLog.Select(step => step.State));
        Assert.Equal(RunOutcome.Completed, result.Outcome);
    }

    [Fact(DisplayName = "A branch that fails too often should park the run after its siblings are saved")]
    public async Task Branch_parked()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(RunEvent.Parked));
        var run = new ProbedRun(this, Forking(FailsTimes(9, Completes), Marks(Completes), new StatePolicy { ParkAfter = 1 }));

        await run.StartAsync();
        await run.SaveAsync();
        await run.SaveAsync();
        Assert.Equal("Y", (await run.SaveBranchAsync()).Branch);
        var parked = await run.SaveAsync();

        Assert.Equal((CheckpointStatus.Parked, "F", "J"), (parked.Status, parked.CompletedState, parked.NextState));
        Assert.Equal(RunOutcome.Parked, (await OutcomeAsync(run)).Outcome);
        Assert.Equal("parallel:X", (await ExpectMsgAsync<RunEvent.Parked>()).State);
    }

    [Fact(DisplayName = "A join that is retried should be merged anew, so that nothing of its branches is there twice")]
    public async Task Join_retried()
    {
        var table = new StateTableBuilder("F")
            .AddFork("F", Forks, ["X", "Y"], "J").Add("X", Marks(Completes)).Add("Y", Marks(Completes))
            .Add("J", FailsTimes(1, Marks(Completes)), policy: ThreeTries)
            .Build();
        var run = new ProbedRun(this, table);

        await run.StartAsync();
        await run.SaveAsync();
        await run.SaveAsync();
        await run.SaveBranchAsync();
        await run.SaveBranchAsync();
        Assert.Empty((await run.SaveAsync()).Entities);
        await run.RetryAsync();
        Assert.Equal<string>(["X", "Y", "J"], (await run.SaveAsync()).Entities);

        Assert.Equal(RunOutcome.Completed, (await OutcomeAsync(run)).Outcome);
    }

    [Fact(DisplayName = "A run that is stopped while a state or a branch waits for its retry should end at once, to be resumed there")]
    public async Task Stopped_while_waiting()
    {
        var state = new ProbedRun(this, One(FailsTimes(1, Completes), ThreeTries));
        await state.StartAsync();
        await state.SaveAsync();
        await state.SaveAsync();
        state.Stop();
        var branch = new ProbedRun(this, Forking(FailsTimes(1, Completes), Completes));
        await branch.StartAsync();
        await branch.SaveAsync();
        await branch.SaveAsync();
        await BranchAndFailureAsync(branch);
        branch.Stop();

        foreach (var result in new[] { await state.EndAsync(), await branch.EndAsync() })
        {
            Assert.Equal((RunOutcome.Stopped, CheckpointStatus.Running, null), (result.Outcome, result.Context!.Status, result.Error));
            Assert.NotNull(result.Context.StepLog[^1].Error);
        }
    }

    [Fact(DisplayName = "A run of more steps than allowed should fail as StepLimit, at once when it is resumed")]
    public async Task Step_limit()
    {
        var table = new StateTableBuilder("A").Add("A", GoesTo("A"), next: ["A"]).Build();
        var settings = ProbedRun.Impatient with { MaxSteps = 3 };
        var run = new ProbedRun(this, table, settings: settings);
        await run.StartAsync();
        for (var saves = 0; saves < 4; saves++) await run.SaveAsync();
        var stored = await run.SaveAsync();
        var first = await OutcomeAsync(run);
        run = new ProbedRun(this, table, settings: settings);
        await run.StartAsync(stored);
        await run.SaveAsync();
        Assert.Equal((CheckpointStatus.Failed, "A", 3), (stored.Status, stored.NextState, stored.StepLog.Length));
        Assert.Equal(stored with { Attempt = 2 }, await run.SaveAsync());

        Assert.Equal((RunOutcome.Failed, "StepLimit"), (first.Outcome, first.Error!.Reason));
        Assert.Equal(first, await OutcomeAsync(run));
    }

    private static async Task<(RunOutcome Outcome, RunError? Error)> OutcomeAsync(ProbedRun run)
    {
        var result = await run.EndAsync();
        return (result.Outcome, result.Error);
    }

    /// <summary>The result of Y and the failure of X, which come in either order.</summary>
    private static async Task<(BranchResult Result, RetainContext Failure)> BranchAndFailureAsync(ProbedRun run)
    {
        BranchResult? result = null;
        RetainContext? failure = null;
        while (result is null || failure is null)
        {
            var next = await run.Checkpoints.ExpectMsgAsync<ICheckpointCommand>(TimeSpan.FromSeconds(20));
            run.Acknowledge();
            if (next is SaveBranch save) result = new BranchResult(save.ForkState, save.Visit, save.Branch, save.Delta, 1);
            else failure = ((Save)next).Context;
        }

        return (result, failure);
    }

    private static StateTable One(StateHandler a, StatePolicy policy) => new StateTableBuilder("A").Add("A", a, policy: policy).Build();

    private static StateTable Forking(StateHandler x, StateHandler y, StatePolicy? policy = null) => new StateTableBuilder("F")
        .AddFork("F", Forks, ["X", "Y"], "J").Add("X", x, policy: policy ?? ThreeTries).Add("Y", y).Add("J", Completes)
        .Build();
}
