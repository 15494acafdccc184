using Akka.TestKit.Xunit2;
using RetainActors.Checkpoints;
using RetainActors.Runs;
using static RetainActors.Tests.Runs.Handlers;

namespace RetainActors.Tests.Runs;

/// <summary>Runs that find another state table than the one they were started with.</summary>
public sealed class TableChangeSpecs() : TestKit(TestJournal.Config)
{
    private static readonly CheckpointKey Key = new("bank", "source.md");

    [Fact(DisplayName = "A checkpoint of another table should be refused, and the reply say exactly what differs; nothing is written")]
    public async Task Refused()
    {
        await RunAsync(Chain("1", FailsTimes(9, Completes)));
        var before = await LoadAsync();

        var result = await RunAsync(new StateTableBuilder("A").Version("2")
            .Add("A", Marks(GoesTo("C")), next: ["C"]).Add("C", Completes));

        Assert.Equal((RunOutcome.Refused, "TableChanged"), (result.Outcome, result.Error!.Reason));
        Assert.Contains("version was '1', is '2'; added 'C'; removed 'B'; changed 'A'", result.Error.Detail, StringComparison.Ordinal);
        Assert.Equal(before.Revision, (await LoadAsync()).Revision);
    }

    [Theory(DisplayName = "A checkpoint of another table should be gone on with or run from the first state, as the policy says, and keep the new table")]
    [InlineData(ChangePolicy.Continue, new[] { "B" }, new[] { "A", "B" })]
    [InlineData(ChangePolicy.Restart, new[] { "A", "B" }, new[] { "A", "B" })]
    public async Task Gone_on_with(ChangePolicy policy, string[] statesRun, string[] entities)
    {
        await RunAsync(Chain("1", FailsTimes(9, Completes)));

        var result = await RunAsync(Chain("2", Marks(Completes)), policy);

        Assert.Equal((RunOutcome.Completed, null), (result.Outcome, result.Error));
        Assert.Equal(statesRun, result.StatesRun);
        Assert.Equal(entities, result.Context!.Entities);
        Assert.Equal("2", result.Context.Table!.Version);
    }

    [Theory(DisplayName = "A completed run should be up to date under any table, unless the policy is to restart")]
    [InlineData(ChangePolicy.Refuse, RunOutcome.UpToDate)]
    [InlineData(ChangePolicy.Continue, RunOutcome.UpToDate)]
    [InlineData(ChangePolicy.Restart, RunOutcome.Completed)]
    public async Task Completed(ChangePolicy policy, RunOutcome outcome)
    {
        await RunAsync(Chain("1", Completes));

        Assert.Equal(outcome, (await RunAsync(Chain("2", Completes), policy)).Outcome);
    }

    [Fact(DisplayName = "A checkpoint without a table, as an older version or an import left it, should be taken on by any")]
    public async Task Unknown_table()
    {
        var stored = new RetainContext(Key) { TextSha256 = SourceText.Sha256Of("text"), CompletedState = "A", NextState = "B" };
        await RetainCheckpoints.Get(Sys).Client.SaveAsync(stored);

        Assert.Equal((RunOutcome.Completed, "B"), await RunAsync(Chain("1", Completes)) is var result ? (result.Outcome, result.ResumedAt) : default);
    }

    [Fact(DisplayName = "A run should be resumed at a state that was renamed, and its failures under the former name should still count")]
    public async Task Renamed_state()
    {
        for (var attempt = 0; attempt < 2; attempt++) await RunAsync(Chain("1", FailsTimes(9, Completes), new StatePolicy { ParkAfter = 3 }));

        var result = await RunAsync(new StateTableBuilder("A").Version("1")
            .Add("A", Completes, next: ["B2"]).Add("B2", FailsTimes(9, Completes), policy: new StatePolicy { ParkAfter = 3 })
            .Alias("B", "B2"));

        Assert.Equal((RunOutcome.Parked, "B2: TimeoutException: no model today"), (result.Outcome, result.Error!.Detail));
        Assert.Equal(["A", "B", "B", "B2"], result.Context!.StepLog.Select(step => step.State));
    }

    [Fact(DisplayName = "An open fork that was renamed with its branches and its join should run only the missing branch, however often it is resumed")]
    public async Task Renamed_fork()
    {
        var first = await RunAsync(Fork(y: FailsTimes(1, Completes)));
        Assert.Equal(RunOutcome.Failed, first.Outcome);
        var never = Throws(() => new InvalidOperationException("a finished branch ran again"));

        var again = await RunAsync(Renamed(x: never, y: FailsTimes(1, Completes)));
        var last = await RunAsync(Renamed(x: never, y: Marks(Completes)));

        Assert.Equal((RunOutcome.Failed, "parallel:Y2"), (again.Outcome, again.ResumedAt));
        Assert.Equal((RunOutcome.Completed, null), (last.Outcome, last.Error));
        Assert.Equal<string>(["parallel:Y2", "J2"], last.StatesRun);
        Assert.Equal<string>(["F", "X", "Y2", "J2"], last.Context!.Entities);
    }

    [Fact(DisplayName = "A fork that lost a branch whose result is stored should be refused by name, even where the policy is to continue")]
    public async Task Lost_branch()
    {
        await RunAsync(Fork(y: FailsTimes(1, Completes)));

        var result = await RunAsync(new StateTableBuilder("F").AddFork("F", Forks, ["Y"], "J").Add("Y", Completes).Add("J", Completes), ChangePolicy.Continue);

        Assert.Equal((RunOutcome.Refused, "TableChanged"), (result.Outcome, result.Error!.Reason));
        Assert.Contains("has a result of branch 'X', which fork 'F' does not declare", result.Error.Detail, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A fresh run should take the reference date, and a resumed one keep it")]
    public async Task Reference_date()
    {
        var (one, other) = (Timestamp.Parse("2026-01-01"), Timestamp.Parse("2026-02-02"));
        var table = Chain("1", FailsOnce(Completes)).Build();
        var runs = RetainRuns.Start(Sys, table);

        var failed = await runs.RunAsync(Key, "text", referenceDate: one);
        var resumed = await runs.RunAsync(Key, "text", referenceDate: other);

        Assert.Equal((RunOutcome.Failed, one), (failed.Outcome, failed.Context!.ReferenceDate));
        Assert.Equal((RunOutcome.Completed, one), (resumed.Outcome, resumed.Context!.ReferenceDate));
    }

    private Task<RunResult> RunAsync(StateTableBuilder table, ChangePolicy onTableChange = ChangePolicy.Refuse) =>
        RetainRuns.Start(Sys, table.Build()).RunAsync(Key, "text", onTableChange: onTableChange);

    private async Task<CheckpointProtocol.Loaded> LoadAsync() => (await RetainCheckpoints.Get(Sys).Client.LoadAsync(Key))!;

    private static StateTableBuilder Chain(string version, StateHandler b, StatePolicy? policy = null) => new StateTableBuilder("A").Version(version)
        .Add("A", Marks(GoesTo("B")), next: ["B"]).Add("B", b, policy: policy);

    private static StateTableBuilder Fork(StateHandler y) => new StateTableBuilder("F")
        .AddFork("F", Marks(Forks), ["X", "Y"], "J").Add("X", Marks(Completes)).Add("Y", y).Add("J", Marks(Completes));

    private static StateTableBuilder Renamed(StateHandler x, StateHandler y) => new StateTableBuilder("F2")
        .AddFork("F2", Marks(Forks), ["X2", "Y2"], "J2").Add("X2", x).Add("Y2", y).Add("J2", Marks(Completes))
        .Alias("F", "F2").Alias("X", "X2").Alias("Y", "Y2").Alias("J", "J2");
}
