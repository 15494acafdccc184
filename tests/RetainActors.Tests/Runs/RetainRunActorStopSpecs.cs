using Akka.TestKit.Xunit2;
using RetainActors.Runs;
using static RetainActors.Checkpoints.CheckpointProtocol;
using static RetainActors.Tests.Runs.Handlers;

namespace RetainActors.Tests.Runs;

/// <summary>A stopped run leaves no open entry in the step log and a checkpoint that can be resumed, whenever it is stopped.</summary>
public sealed class RetainRunActorStopSpecs() : TestKit("akka.loglevel = WARNING")
{
    [Fact(DisplayName = "A run that is stopped while it looks should claim and write nothing")]
    public async Task Looking()
    {
        var run = new ProbedRun(this, Table(Completes));

        await run.ExpectAsync<Load>();
        run.Stop();
        run.Reply(new NotFound(ProbedRun.Key));
        var result = await run.EndAsync();

        Assert.Equal((RunOutcome.Stopped, 0L, null), (result.Outcome, result.Revision, result.Context));
    }

    [Theory(DisplayName = "A run that is stopped after it asked for the claim should write its first checkpoint and enter no state")]
    [InlineData("claiming")]
    [InlineData("loading")]
    [InlineData("saving")]
    public async Task Before_the_first_state(string phase)
    {
        var run = new ProbedRun(this, Table(Throws(() => new InvalidOperationException("entered"))));

        await run.LookAsync();
        if (phase == "claiming") run.Stop();
        await run.ClaimAsync();
        if (phase == "loading") run.Stop();
        await run.LookAsync();
        await run.ExpectAsync<Save>();
        if (phase == "saving") run.Stop();
        run.Acknowledge();
        var result = await run.EndAsync();

        AssertResumable(result, at: "A", entries: []);
        Assert.Empty(result.StatesRun);
    }

    [Fact(DisplayName = "A run that is stopped in a state that honours it should write nothing more")]
    public async Task In_a_state()
    {
        var gate = new Gate(Completes);
        var run = new ProbedRun(this, Table(gate.Handle));

        await run.StartAsync();
        await run.SaveAsync();
        await gate.Entered;
        run.Stop();
        var result = await run.EndAsync();

        AssertResumable(result, at: "A", entries: []);
        Assert.Empty(result.StatesRun);
    }

    [Fact(DisplayName = "A run that is stopped in a state that goes on to its end should save that state and enter no other")]
    public async Task In_a_state_that_goes_on()
    {
        var gate = new Gate(GoesTo("B"), ignoresStop: true);
        var run = new ProbedRun(this, Table(gate.Handle, Throws(() => new InvalidOperationException("entered"))));

        await run.StartAsync();
        await run.SaveAsync();
        await gate.Entered;
        run.Stop();
        gate.Open();
        await run.SaveAsync();
        var result = await run.EndAsync();

        AssertResumable(result, at: "B", entries: ["A"]);
        Assert.Equal<string>(["A"], result.StatesRun);
    }

    [Fact(DisplayName = "A run that is stopped while it saves should wait for the acknowledgement and enter no other state")]
    public async Task Saving()
    {
        var run = new ProbedRun(this, Table(GoesTo("B"), Throws(() => new InvalidOperationException("entered"))));

        await run.StartAsync();
        await run.SaveAsync();
        await run.ExpectAsync<Save>();
        run.Stop();
        run.Acknowledge();
        var result = await run.EndAsync();

        AssertResumable(result, at: "B", entries: ["A"]);
        Assert.Equal(13, result.Revision);
    }

    [Fact(DisplayName = "A run that is stopped while its last save is in flight should be completed")]
    public async Task Saving_the_end()
    {
        var run = new ProbedRun(this, Table(Completes));

        await run.StartAsync();
        await run.SaveAsync();
        await run.ExpectAsync<Save>();
        run.Stop();
        run.Acknowledge();

        Assert.Equal(RunOutcome.Completed, (await run.EndAsync()).Outcome);
    }

    [Fact(DisplayName = "A run that is stopped in its branches should save those that end all the same, and not the others")]
    public async Task In_branches()
    {
        var (x, y) = (new Gate(Completes), new Gate(Completes, ignoresStop: true));
        var run = new ProbedRun(this, Forking(x, y));

        await run.StartAsync();
        await run.SaveAsync();
        await run.SaveAsync();
        await Task.WhenAll(x.Entered, y.Entered);
        run.Stop();
        y.Open();
        Assert.Equal("Y", (await run.SaveBranchAsync()).Branch);
        var result = await run.EndAsync();

        AssertResumable(result, at: "J", entries: ["F"]);
        Assert.Equal<string>(["F", "parallel:Y"], result.StatesRun);
    }

    [Fact(DisplayName = "A run that is stopped in its branches after one has failed should store that failure and end as failed")]
    public async Task In_branches_after_a_failure()
    {
        var y = new Gate(Completes);
        Sys.EventStream.Subscribe(TestActor, typeof(RunEvent.StateLeft));
        var run = new ProbedRun(this, new StateTableBuilder("F")
            .AddFork("F", Forks, ["X", "Y"], "J").Add("X", Returns(Transition.Fail("no facts"))).Add("Y", y.Handle).Add("J", Completes)
            .Build());

        await run.StartAsync();
        await run.SaveAsync();
        await run.SaveAsync();
        await y.Entered;
        await FishForMessageAsync<RunEvent.StateLeft>(left => left.State == "parallel:X", TimeSpan.FromSeconds(20));
        run.Stop();
        var failed = await run.SaveAsync();
        var result = await run.EndAsync();

        Assert.Equal((CheckpointStatus.Failed, "J"), (failed.Status, failed.NextState));
        Assert.Equal(["F", "parallel:X"], failed.StepLog.Select(step => step.State));
        Assert.Equal((RunOutcome.Failed, new RunError("StateFailed", "parallel:X: no facts")), (result.Outcome, result.Error));
    }

    [Fact(DisplayName = "A run that is stopped in branches that all go on to their end should save them and not enter the join")]
    public async Task In_branches_that_go_on()
    {
        var (x, y) = (new Gate(Completes, ignoresStop: true), new Gate(Completes, ignoresStop: true));
        Sys.EventStream.Subscribe(TestActor, typeof(RunEvent.StateEntered));
        var run = new ProbedRun(this, Forking(x, y));

        await run.StartAsync();
        await run.SaveAsync();
        await run.SaveAsync();
        await Task.WhenAll(x.Entered, y.Entered);
        run.Stop();
        x.Open();
        y.Open();
        await run.SaveBranchAsync();
        await run.SaveBranchAsync();
        var result = await run.EndAsync();

        AssertResumable(result, at: "J", entries: ["F"]);
        string[] entered = [.. (await ReceiveNAsync(3).ToListAsync()).Select(message => ((RunEvent.StateEntered)message).State)];
        Assert.Equal(["F", "parallel:X", "parallel:Y"], entered);
        Assert.False(HasMessages, "the join was entered");
    }

    [Fact(DisplayName = "A run that is stopped while a branch is saved should save what ended meanwhile too")]
    public async Task Saving_a_branch()
    {
        var (x, y) = (new Gate(Completes), new Gate(Completes, ignoresStop: true));
        var run = new ProbedRun(this, Forking(x, y));

        await run.StartAsync();
        await run.SaveAsync();
        await run.SaveAsync();
        await Task.WhenAll(x.Entered, y.Entered);
        x.Open();
        await run.ExpectAsync<SaveBranch>();
        run.Stop();
        y.Open();
        run.Acknowledge();
        await run.SaveBranchAsync();
        var result = await run.EndAsync();

        AssertResumable(result, at: "J", entries: ["F"]);
    }

    [Fact(DisplayName = "A run that is to finish should let its state end and save it, though the state would honour a stop, and enter no other")]
    public async Task Finishes_a_state()
    {
        var gate = new Gate(GoesTo("B"));
        var run = new ProbedRun(this, Table(gate.Handle, Throws(() => new InvalidOperationException("entered"))));

        await run.StartAsync();
        await run.SaveAsync();
        await gate.Entered;
        run.Stop(finishes: true);
        gate.Open();
        await run.SaveAsync();

        AssertResumable(await run.EndAsync(), at: "B", entries: ["A"]);
    }

    [Fact(DisplayName = "A run that is to finish should let its branches end and save them, and not enter the join")]
    public async Task Finishes_branches()
    {
        var (x, y) = (new Gate(Completes), new Gate(Completes));
        var run = new ProbedRun(this, Forking(x, y));

        await run.StartAsync();
        await run.SaveAsync();
        await run.SaveAsync();
        await Task.WhenAll(x.Entered, y.Entered);
        run.Stop(finishes: true);
        x.Open();
        y.Open();
        await run.SaveBranchAsync();
        await run.SaveBranchAsync();

        AssertResumable(await run.EndAsync(), at: "J", entries: ["F"]);
    }

    [Fact(DisplayName = "A run that is to finish and then stopped should wait no longer")]
    public async Task Stopped_while_it_finishes()
    {
        var gate = new Gate(Completes);
        var run = new ProbedRun(this, Table(gate.Handle));

        await run.StartAsync();
        await run.SaveAsync();
        await gate.Entered;
        run.Stop(finishes: true);
        run.Stop();

        AssertResumable(await run.EndAsync(), at: "A", entries: []);
    }

    [Fact(DisplayName = "A run that is stopped twice should end once")]
    public async Task Twice()
    {
        var gate = new Gate(Completes);
        var run = new ProbedRun(this, Table(gate.Handle));

        await run.StartAsync();
        await run.SaveAsync();
        await gate.Entered;
        run.Stop();
        run.Stop();

        Assert.Equal(RunOutcome.Stopped, (await run.EndAsync()).Outcome);
    }

    private static void AssertResumable(RunResult result, string at, string[] entries)
    {
        Assert.Equal((RunOutcome.Stopped, null), (result.Outcome, result.Error));
        Assert.Equal((CheckpointStatus.Running, at), (result.Context!.Status, result.Context.NextState));
        Assert.Equal(entries, result.Context.StepLog.Select(step => step.State));
        Assert.All(result.Context.StepLog, step => Assert.NotNull(step.CompletedAt));
        Assert.Empty(result.Context.Errors);
    }

    private static StateTable Table(StateHandler a, StateHandler? b = null) =>
        new StateTableBuilder("A").Add("A", a, next: ["B"]).Add("B", b ?? Completes).Build();

    private static StateTable Forking(Gate x, Gate y) => new StateTableBuilder("F")
        .AddFork("F", Forks, ["X", "Y"], "J")
        .Add("X", x.Handle).Add("Y", y.Handle)
        .Add("J", Throws(() => new InvalidOperationException("entered")))
        .Build();
}
