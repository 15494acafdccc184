using Akka.TestKit.Xunit2;
using RetainActors.Checkpoints;
using RetainActors.Runs;
using RetainActors.Tests.Runs;
using static RetainActors.Tests.Runs.Handlers;

namespace RetainActors.Tests.Seed;

/// <summary>
/// The engine's behaviours E1 to E18 of the Python retain FSM that this library grew from: kept, or changed on purpose for
/// the reason in the name (U1 to U20 are its defects).
/// </summary>
public sealed class SeedEngineSpecs() : TestKit(TestJournal.Config)
{
    private static readonly CheckpointKey Key = new("bank", "source.md");

    [Fact(DisplayName = "E1: a state is an asynchronous function of context and services that returns Next, Complete, Failed or Parallel")]
    public async Task E1()
    {
        var table = new StateTableBuilder("A")
            .Add("A", async (scope, context, _) =>
            {
                await Task.Yield();
                return new StateResult(context with { DocumentId = scope.Text }, Transition.To("F"));
            }, next: ["F"])
            .AddFork("F", Forks, ["X"], "J").Add("X", Completes)
            .Add("J", FailsOnce(Completes))
            .Build();

        var failed = await RunAsync(table);
        var completed = await RunAsync(table);

        Assert.Equal(RunOutcome.Failed, failed.Outcome);
        Assert.Equal(RunOutcome.Completed, completed.Outcome);
        Assert.Equal("text", completed.Context!.DocumentId);
    }

    [Fact(DisplayName = "E2: registering a state again replaces it, and the registered states are listed sorted")]
    public async Task E2()
    {
        var table = new StateTableBuilder("B").Add("B", GoesTo("A"), next: ["A"]).Add("A", Returns(Transition.Fail("old"))).Add("A", Completes).Build();

        Assert.Equal(["A", "B"], table.States);
        Assert.Equal(RunOutcome.Completed, (await RunAsync(table)).Outcome);
    }

    [Fact(DisplayName = "E3: a run starts at the table's initial state, INIT in the default one; it always has a checkpoint, because one without lost everything")]
    public async Task E3()
    {
        var result = await RunAsync(new StateTableBuilder("START").Add("START", Completes).Add("INIT", Completes).Build());

        Assert.Equal<string>(["START"], result.StatesRun);
        Assert.Equal("INIT", StateTable.Default.InitialState);
        Assert.Equal(result.Context, (await LoadAsync())!.Context);
    }

    [Fact(DisplayName = "E4: the state being entered and the last finished one are told apart, because one last_state for both made a resume run the finished one (U1)")]
    public async Task E4()
    {
        var seen = new List<(string?, string?)>();
        void See(StateScope scope, RetainContext context) => seen.Add((context.CompletedState, context.NextState));

        await RunAsync(new StateTableBuilder("A").Add("A", Sees(See, GoesTo("B")), next: ["B"]).Add("B", Sees(See, Completes)).Build());

        Assert.Equal([(null, "A"), ("A", "B")], seen);
    }

    [Fact(DisplayName = "E5: a resume at an unknown state is refused by name and writes nothing, because the seed saved one more error at every try (U8)")]
    public async Task E5()
    {
        var revision = await RetainCheckpoints.Get(Sys).Client.SaveAsync(new RetainContext(Key) { NextState = "RENAMED" });

        var result = await RunAsync(StateTable.Default);

        Assert.Equal((RunOutcome.Refused, "UnknownState"), (result.Outcome, result.Error!.Reason));
        Assert.Contains("'RENAMED'", result.Error.Detail, StringComparison.Ordinal);
        Assert.Equal(revision, (await LoadAsync())!.Revision);
    }

    [Fact(DisplayName = "E6: each entered state appends one step-log entry with its start and end in UTC and its monotonic milliseconds")]
    public async Task E6()
    {
        var clock = new ManualClock();
        StateHandler Takes(double milliseconds, StateHandler then) => Sees((_, _) => clock.Advance(TimeSpan.FromMilliseconds(milliseconds)), then);
        var table = new StateTableBuilder("A").Add("A", Takes(1.5, GoesTo("B")), next: ["B"]).Add("B", Takes(2000, Completes)).Build();

        var log = (await RetainRuns.Start(Sys, table, clock).RunAsync(Key, "text")).Context!.StepLog;

        Assert.Equal(["A", "B"], log.Select(step => step.State));
        Assert.Equal([1.5, 2000], log.Select(step => step.DurationMs!.Value));
        Assert.Equal("2026-01-02T03:04:05.000000+00:00", log[0].StartedAt.Text);
        Assert.Equal("2026-01-02T03:04:05.001500+00:00", log[0].CompletedAt!.Text);
        Assert.Equal(log[0].CompletedAt, log[1].StartedAt);
    }

    [Fact(DisplayName = "E7: an exception is logged as Type: message, listed as STATE: Type: message, saved, and not raised")]
    public async Task E7()
    {
        var result = await RunAsync(One(Throws(() => new InvalidOperationException("boom"))));

        Assert.Equal("InvalidOperationException: boom", result.Context!.StepLog.Single().Error);
        Assert.Equal<string>(["A: InvalidOperationException: boom"], result.Context.Errors);
        Assert.Equal(result.Context, (await LoadAsync())!.Context);
    }

    [Fact(DisplayName = "E8: Complete sets completed_at, saves and ends the run")]
    public async Task E8()
    {
        var clock = new ManualClock();

        var result = await RetainRuns.Start(Sys, One(Completes), clock).RunAsync(Key, "text");

        Assert.Equal(Timestamp.From(ManualClock.Start), result.Context!.CompletedAt);
        Assert.Equal(result.Context, (await LoadAsync())!.Context);
    }

    [Fact(DisplayName = "E9: Failed is listed as STATE: reason and leaves completed_at empty; the step log has the reason too, because the seed's sequential states lost it (U17)")]
    public async Task E9()
    {
        var context = (await RunAsync(One(Returns(Transition.Fail("no reason"))))).Context!;

        Assert.Equal<string>(["A: no reason"], context.Errors);
        Assert.Equal("no reason", context.StepLog.Single().Error);
        Assert.Null(context.CompletedAt);
    }

    [Fact(DisplayName = "E10: a next state is saved, then entered")]
    public async Task E10()
    {
        RetainContext? stored = null;
        var table = new StateTableBuilder("A").Add("A", GoesTo("B"), next: ["B"]).Add("B", async (_, context, _) =>
        {
            stored = (await LoadAsync())!.Context;
            return new StateResult(context, Transition.Completed);
        }).Build();

        await RunAsync(table);

        Assert.Equal(("A", "B"), (stored!.CompletedState, stored.NextState));
    }

    [Fact(DisplayName = "E11: any other result fails the run by name")]
    public async Task E11()
    {
        var context = (await RunAsync(One(Returns(null!)))).Context!;

        Assert.Equal<string>(["A: the state returned no transition"], context.Errors);
    }

    [Fact(DisplayName = "E12: branches run at once from the same context, the join after all of them, and their entries are named parallel:X")]
    public async Task E12()
    {
        var (x, y) = (new Gate(Marks(Completes)), new Gate(Marks(Completes)));
        var run = RunAsync(Forking(x.Handle, y.Handle, Marks(Completes)));

        await Task.WhenAll(x.Entered, y.Entered);
        x.Open();
        y.Open();
        var context = (await run).Context!;

        Assert.Equal(["F", "parallel:X", "parallel:Y", "J"], context.StepLog.Select(step => step.State));
        Assert.Equal<string>(["X", "Y", "J"], context.Entities);
    }

    [Fact(DisplayName = "E13: a failed branch is listed as parallel:X: reason and ends the run after all branches; a wrong result fails too, because the seed took it for success (U18)")]
    public async Task E13()
    {
        var context = (await RunAsync(Forking(Returns(Transition.Fail("no facts")), GoesTo("J"), Completes))).Context!;

        Assert.Equal<string>(
            ["parallel:X: no facts", "parallel:Y: a branch ends with Complete or Failed, not with Next"], context.Errors);
        Assert.DoesNotContain(context.StepLog, step => step.State == "J");
    }

    [Fact(DisplayName = "E14: an unknown branch is refused when the table is built, because the seed noticed it after the others were paid for (U18)")]
    public void E14() => Assert.Contains(
        "'GONE', which is not in the table",
        Assert.Throws<ArgumentException>(() => new StateTableBuilder("F").AddFork("F", Forks, ["GONE"], "F").Build()).Message,
        StringComparison.Ordinal);

    [Fact(DisplayName = "E15: a branch is one step; a nested fork is refused when the table is built, because the seed ignored it (U18)")]
    public void E15() => Assert.Contains(
        "nested forks are not supported",
        Assert.Throws<ArgumentException>(
            () => new StateTableBuilder("F").AddFork("F", Forks, ["G"], "F").AddFork("G", Forks, ["X"], "F").Add("X", Completes).Build()).Message,
        StringComparison.Ordinal);

    [Fact(DisplayName = "E16: resuming enters the next state, not the finished one, because the seed ran that one twice (U1); the run loads its context itself")]
    public async Task E16()
    {
        var table = new StateTableBuilder("A").Add("A", Marks(GoesTo("B")), next: ["B"]).Add("B", FailsOnce(Marks(Completes))).Build();

        await RunAsync(table);
        var resumed = await RunAsync(table);

        Assert.Equal("B", resumed.ResumedAt);
        Assert.Equal<string>(["B"], resumed.StatesRun);
        Assert.Equal<string>(["A", "B"], resumed.Context!.Entities);
        Assert.Empty(resumed.Context.Errors);
    }

    [Fact(DisplayName = "E17: each step is saved once, and never deleted; one more save comes before the first state, because a run that crashed in it left no trace")]
    public async Task E17()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(RunEvent.Saved));

        var result = await RunAsync(StateTable.Default);

        // Revision 1 is the claim.
        foreach (var revision in new[] { 2, 3, 4, 5 }) await ExpectMsgAsync(new RunEvent.Saved(Key, revision));
        Assert.False(HasMessages);
        Assert.Equal(5, result.Revision);
        Assert.Equal(3, result.StatesRun.Length);
    }

    [Fact(DisplayName = "E18: there is no retry unless a state has a policy, and the limit of steps is far away; each can be set, because the seed had neither (U20)")]
    public async Task E18()
    {
        var rounds = 0;
        var table = new StateTableBuilder("A")
            .Add("A", (scope, context, stop) => (++rounds < 100 ? GoesTo("A") : GoesTo("B"))(scope, context, stop), next: ["A", "B"])
            .Add("B", FailsOnce(Completes))
            .Build();

        var result = await RunAsync(table);

        Assert.Equal(RunOutcome.Failed, result.Outcome);
        Assert.Equal(101, result.Context!.StepLog.Length);
    }

    private Task<RunResult> RunAsync(StateTable table) => RetainRuns.Start(Sys, table).RunAsync(Key, "text");

    private Task<CheckpointProtocol.Loaded?> LoadAsync() => RetainCheckpoints.Get(Sys).Client.LoadAsync(Key);

    private static StateTable One(StateHandler a) => new StateTableBuilder("A").Add("A", a).Build();

    private static StateTable Forking(StateHandler x, StateHandler y, StateHandler join) =>
        new StateTableBuilder("F").AddFork("F", Forks, ["X", "Y"], "J").Add("X", x).Add("Y", y).Add("J", join).Build();
}
