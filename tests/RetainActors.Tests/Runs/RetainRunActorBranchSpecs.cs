using Akka.TestKit.Xunit2;
using RetainActors.Checkpoints;
using RetainActors.Runs;
using static RetainActors.Checkpoints.CheckpointProtocol;
using static RetainActors.Tests.Runs.Handlers;

namespace RetainActors.Tests.Runs;

public sealed class RetainRunActorBranchSpecs() : TestKit("akka.loglevel = WARNING")
{
    private static readonly RetainContext AtTheFork = ProbedRun.Stored with
    {
        CompletedState = "F",
        NextState = "J",
        Entities = ["F"],
        StepLog = [new StepLogEntry("F", ProbedRun.Stored.StartedAt!, ProbedRun.Stored.StartedAt, 1)],
    };

    [Fact(DisplayName = "Branches should start from the same context, be saved one by one as they end, and be merged in declared order")]
    public async Task Merged_in_declared_order()
    {
        var (x, y) = (new Gate(Marks(Completes)), new Gate(Marks(Completes)));
        var run = new ProbedRun(this, Table(x.Handle, y.Handle));

        await run.StartAsync();
        await run.SaveAsync();
        var fork = await run.SaveAsync();
        await Task.WhenAll(x.Entered, y.Entered);
        y.Open();
        var second = await run.SaveBranchAsync();
        x.Open();
        var first = await run.SaveBranchAsync();
        var join = await run.SaveAsync();
        var result = await run.EndAsync();

        Assert.Equal(("F", "J"), (fork.CompletedState, fork.NextState));
        Assert.Equal(("F", 1, "X"), (first.ForkState, first.Visit, first.Branch));
        Assert.Equal<string>(["F", "Y"], second.Delta.ApplyTo(fork).Entities);
        Assert.Equal<string>(["F", "X", "Y", "J"], join.Entities);
        Assert.Equal(["F", "parallel:X", "parallel:Y", "J"], join.StepLog.Select(step => step.State));
        Assert.Equal<string>(["F", "parallel:Y", "parallel:X", "J"], result.StatesRun);
    }

    [Fact(DisplayName = "Only one branch should be saved at a time, and the join wait for the last acknowledgement")]
    public async Task One_save_at_a_time()
    {
        var acknowledged = 0;
        var seen = new TaskCompletionSource<int>();
        var run = new ProbedRun(
            this, Table(Marks(Completes), Marks(Completes), Sees((_, _) => seen.TrySetResult(Volatile.Read(ref acknowledged)), Completes)));

        await run.StartAsync(AtTheFork);
        await run.SaveAsync();
        for (var branches = 0; branches < 2; branches++)
        {
            await run.ExpectAsync<SaveBranch>();
            Assert.False(run.Checkpoints.HasMessages, "two saves in flight");
            Interlocked.Increment(ref acknowledged);
            run.Acknowledge();
        }

        Assert.Equal(2, await seen.Task);
        await run.SaveAsync();
        await run.EndAsync();
    }

    [Fact(DisplayName = "A run resumed inside a fork should run only the branches without a durable result")]
    public async Task Only_missing_branches()
    {
        var run = new ProbedRun(this, Table(Throws(() => new InvalidOperationException("X ran again")), Marks(Completes)));

        await run.StartAsync(AtTheFork, Result("X"));
        await run.SaveAsync();
        Assert.Equal("parallel:Y", (await run.Parent.ExpectMsgAsync<RunProtocol.Resumed>()).State);
        Assert.Equal("Y", (await run.SaveBranchAsync()).Branch);
        var join = await run.SaveAsync();
        var result = await run.EndAsync();

        Assert.Equal<string>(["F", "X", "Y", "J"], join.Entities);
        Assert.Equal(["F", "parallel:X", "parallel:Y", "J"], join.StepLog.Select(step => step.State));
        Assert.Equal([1, 1, 2, 2], join.StepLog.Select(step => step.Attempt));
        Assert.Equal<string>(["parallel:Y", "J"], result.StatesRun);
    }

    [Fact(DisplayName = "A run resumed when every branch is durable should go on at the join")]
    public async Task No_missing_branch()
    {
        var fail = Throws(() => new InvalidOperationException("a branch ran again"));
        var run = new ProbedRun(this, Table(fail, fail));

        await run.StartAsync(AtTheFork, Result("Y"), Result("X"));
        await run.SaveAsync();
        var join = await run.SaveAsync();
        var result = await run.EndAsync();

        Assert.Equal<string>(["F", "X", "Y", "J"], join.Entities);
        Assert.Equal("J", result.ResumedAt);
    }

    [Fact(DisplayName = "A failed branch should fail the run after all branches ended, and keep the results of the others")]
    public async Task Failed_branch()
    {
        var y = new Gate(Marks(Completes));
        var run = new ProbedRun(this, Table(Returns(Transition.Fail("no facts")), y.Handle));

        await run.StartAsync(AtTheFork);
        await run.SaveAsync();
        await y.Entered;
        y.Open();
        Assert.Equal("Y", (await run.SaveBranchAsync()).Branch);
        var failed = await run.SaveAsync();
        var result = await run.EndAsync();

        Assert.Equal((CheckpointStatus.Failed, "F", "J"), (failed.Status, failed.CompletedState, failed.NextState));
        Assert.Equal<string>(["parallel:X: no facts"], failed.Errors);
        Assert.Equal(("parallel:X", "no facts"), (failed.StepLog[^1].State, failed.StepLog[^1].Error));
        Assert.Equal(new RunError("StateFailed", "parallel:X: no facts"), result.Error);
    }

    [Theory(DisplayName = "A branch that ends with anything but Complete or Failed should fail by name")]
    [InlineData("Next", "a branch ends with Complete or Failed, not with Next")]
    [InlineData("Parallel", "a branch ends with Complete or Failed, not with Parallel")]
    [InlineData("nothing", "the state returned no transition")]
    [InlineData("exception", "IOException: gone")]
    public async Task Wrong_branch(string ends, string error)
    {
        var x = ends switch
        {
            "Next" => GoesTo("J"),
            "Parallel" => Forks,
            "nothing" => Returns(null!),
            _ => Throws(() => new IOException("gone")),
        };
        var run = new ProbedRun(this, Table(x, x));

        await run.StartAsync(AtTheFork);
        await run.SaveAsync();
        var failed = await run.SaveAsync();
        await run.EndAsync();

        Assert.Equal<string>(["parallel:X: " + error, "parallel:Y: " + error], failed.Errors);
    }

    [Fact(DisplayName = "Branches whose changes exclude each other should fail the run at the join, naming the member and both branches")]
    public async Task Conflict()
    {
        StateHandler names = (scope, context, _) =>
            Task.FromResult(new StateResult(context with { DocumentId = scope.State }, Transition.Completed));
        var run = new ProbedRun(this, Table(names, names));

        await run.StartAsync(AtTheFork);
        await run.SaveAsync();
        await run.SaveBranchAsync();
        await run.SaveBranchAsync();
        var failed = await run.SaveAsync();
        var result = await run.EndAsync();

        Assert.Equal<string>(["J: MergeConflict: branches X and Y both changed 'documentId'"], failed.Errors);
        Assert.Equal((null, "F", "J"), (failed.DocumentId, failed.CompletedState, failed.NextState));
        Assert.Equal(RunOutcome.Failed, result.Outcome);
    }

    [Fact(DisplayName = "A join that fails should leave the branches unmerged, so that a resume merges them once")]
    public async Task Failed_join()
    {
        var table = Table(Marks(Completes), Marks(Completes), FailsOnce(Marks(Completes)));
        var run = new ProbedRun(this, table);

        await run.StartAsync(AtTheFork);
        await run.SaveAsync();
        BranchResult[] branches = [await run.SaveBranchAsync(), await run.SaveBranchAsync()];
        var failed = await run.SaveAsync();
        await run.EndAsync();
        run = new ProbedRun(this, table);
        await run.StartAsync(failed, [.. branches]);
        await run.SaveAsync();
        var join = await run.SaveAsync();
        await run.EndAsync();

        Assert.Equal<string>(["F"], failed.Entities);
        Assert.Equal<string>(["J: TimeoutException: no model today"], failed.Errors);
        Assert.Equal<string>(["F", "X", "Y", "J"], join.Entities);
        Assert.Equal(["F", "J", "parallel:X", "parallel:Y", "J"], join.StepLog.Select(step => step.State));
    }

    [Fact(DisplayName = "A run that is superseded while branches are saved should end once and cancel the branches that still run")]
    public async Task Superseded()
    {
        var cancelled = new TaskCompletionSource();
        var run = new ProbedRun(this, Table(Marks(Completes), async (_, context, stop) =>
        {
            await Task.Delay(Timeout.Infinite, stop).ContinueWith(_ => cancelled.TrySetResult(), TaskScheduler.Default);
            return new StateResult(context, Transition.Completed);
        }));

        await run.StartAsync(AtTheFork);
        await run.SaveAsync();
        await run.ExpectAsync<SaveBranch>();
        run.Reply(new SaveRefused(ProbedRun.Key, RefuseReason.StaleEpoch, "epoch 6"));

        Assert.Equal(RunOutcome.Superseded, (await run.EndAsync()).Outcome);
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(10));
    }

    private static StateTable Table(StateHandler x, StateHandler y, StateHandler? join = null) => new StateTableBuilder("F")
        .AddFork("F", Marks(Forks), ["X", "Y"], "J")
        .Add("X", x).Add("Y", y)
        .Add("J", join ?? Marks(Completes))
        .Build();

    private static BranchResult Result(string branch)
    {
        var step = new StepLogEntry("parallel:" + branch, ProbedRun.Stored.StartedAt!, ProbedRun.Stored.StartedAt, 1);
        var after = AtTheFork with { Entities = AtTheFork.Entities.Add(branch), StepLog = AtTheFork.StepLog.Add(step) };
        return new BranchResult("F", 1, branch, ContextDelta.Between(AtTheFork, after), 9);
    }
}
