using RetainActors.Checkpoints;
using RetainActors.Runs;
using static RetainActors.Tests.Runs.Handlers;

namespace RetainActors.Tests.Runs;

public sealed class RunDeciderSpecs
{
    private const string Text = "some text";

    private static readonly CheckpointKey Key = new("bank", "source.md");
    private static readonly Timestamp Now = Timestamp.Parse("2026-01-02T03:04:05Z");

    private static readonly StateTable Table = new StateTableBuilder("INIT")
        .Add("INIT", GoesTo("F"), next: ["F"])
        .AddFork("F", Forks, ["X", "Y"], "J")
        .Add("X", Completes).Add("Y", Completes)
        .Add("J", Completes)
        .Build();

    private static readonly RetainContext Stored = new(Key)
    {
        TextLength = 9,
        TextSha256 = SourceText.Sha256Of(Text),
        Entities = ["e"],
        CompletedState = "INIT",
        NextState = "F",
        StepLog = [new StepLogEntry("INIT", Now, Now, 1)],
        StartedAt = Now,
        Table = Table.Fingerprint,
    };

    [Fact(DisplayName = "A key without a checkpoint should start at the initial state, with the text's length and hash")]
    public void Fresh()
    {
        var context = Assert.IsType<RunPlan.Start>(RunDecider.Plan(null, new RunProtocol.StartRun(Key, Text), Table, Now)).Context;

        Assert.Equal(
            new RetainContext(Key) { TextLength = 9, TextSha256 = Stored.TextSha256, NextState = "INIT", StartedAt = Now, Table = Table.Fingerprint }, context);
        Assert.Equal((CheckpointStatus.Running, 1), (context.Status, context.Attempt));
    }

    [Theory(DisplayName = "An unfinished checkpoint should be resumed at its next state, as a further attempt without the errors of the last")]
    [InlineData(CheckpointStatus.Running)]
    [InlineData(CheckpointStatus.Failed)]
    public void Resume(CheckpointStatus status)
    {
        var context = Assert.IsType<RunPlan.Resume>(Plan(Stored with { Status = status, Errors = ["F: old"], Attempt = 4 })).Context;

        Assert.Equal(Stored with { Attempt = 5 }, context);
    }

    [Fact(DisplayName = "A completed checkpoint should be up to date")]
    public void UpToDate() => Assert.IsType<RunPlan.UpToDate>(Plan(Completed));

    [Fact(DisplayName = "A parked checkpoint should be refused")]
    public void Parked() => Assert.Equal("Parked", Refusal(Stored with { Status = CheckpointStatus.Parked }).Reason);

    [Theory(DisplayName = "A checkpoint that goes on at a state which is not in the table, or only a branch, should be refused as UnknownState")]
    [InlineData("GONE", "'GONE', which is not in the state table")]
    [InlineData(null, "'', which is not in the state table")]
    [InlineData("X", "'X', which is a branch in the state table")]
    public void UnknownState(string? next, string detail)
    {
        var error = Refusal(Stored with { NextState = next });

        Assert.Equal("UnknownState", error.Reason);
        Assert.Contains(detail, error.Detail, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A checkpoint inside a fork should be resumed there, and refused when the table has another join or no such fork")]
    public void Inside_a_fork()
    {
        var inside = Stored with { CompletedState = "F", NextState = "J" };
        var branch = new BranchResult("F", 0, "X", ContextDelta.Between(inside, inside), 3);

        Assert.IsType<RunPlan.Resume>(Plan(inside, branches: branch));
        Assert.Equal("TableChanged", Refusal(inside with { NextState = "INIT" }).Reason);
        Assert.Equal("TableChanged", Refusal(inside with { CompletedState = "OLD" }, branch).Reason);
    }

    [Theory(DisplayName = "A changed text should be refused, restarted or gone on with, as the policy says")]
    [InlineData(ChangePolicy.Refuse)]
    [InlineData(ChangePolicy.Restart)]
    [InlineData(ChangePolicy.Continue)]
    public void Changed_text(ChangePolicy policy)
    {
        var plan = Plan(Stored, "other", policy);

        switch (policy)
        {
            case ChangePolicy.Refuse:
                Assert.Equal("TextChanged", Assert.IsType<RunPlan.Refuse>(plan).Error.Reason);
                break;
            case ChangePolicy.Restart:
                var start = Assert.IsType<RunPlan.Start>(plan).Context;
                Assert.Equal(("INIT", 1, 0, 5L), (start.NextState, start.Attempt, start.Entities.Length, start.TextLength));
                break;
            default:
                Assert.Equal(
                    Stored with { Attempt = 2, TextLength = 5, TextSha256 = SourceText.Sha256Of("other") },
                    Assert.IsType<RunPlan.Resume>(plan).Context);
                break;
        }
    }

    [Fact(DisplayName = "A changed text should restart a completed checkpoint too, and be refused before anything else")]
    public void Changed_text_of_a_completed_run()
    {
        Assert.IsType<RunPlan.Start>(Plan(Completed, "other", ChangePolicy.Restart));
        Assert.Equal("TextChanged", Assert.IsType<RunPlan.Refuse>(Plan(Completed, "other")).Error.Reason);
    }

    [Fact(DisplayName = "A checkpoint without a hash should be resumed with any text, and take the hash")]
    public void Unknown_text()
    {
        var resumed = Assert.IsType<RunPlan.Resume>(Plan(Stored with { TextSha256 = null, TextLength = 0 })).Context;

        Assert.Equal((9, Stored.TextSha256), (resumed.TextLength, resumed.TextSha256));
    }

    private static RetainContext Completed { get; } =
        Stored with { CompletedState = "J", NextState = null, Status = CheckpointStatus.Completed, CompletedAt = Now };

    private static RunPlan Plan(
        RetainContext stored, string text = Text, ChangePolicy policy = ChangePolicy.Refuse, params BranchResult[] branches) =>
        RunDecider.Plan(
            new CheckpointProtocol.Loaded(Key, 7, 1, stored, Now, [.. branches]), new RunProtocol.StartRun(Key, text, policy), Table, Now);

    private static RunError Refusal(RetainContext stored, params BranchResult[] branches) =>
        Assert.IsType<RunPlan.Refuse>(Plan(stored, branches: branches)).Error;
}
