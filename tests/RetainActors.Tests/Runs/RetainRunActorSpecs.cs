using Akka.TestKit.Xunit2;
using RetainActors.Checkpoints;
using RetainActors.Runs;
using static RetainActors.Checkpoints.CheckpointProtocol;
using static RetainActors.Tests.Runs.Handlers;

namespace RetainActors.Tests.Runs;

public sealed class RetainRunActorSpecs() : TestKit("akka.loglevel = WARNING")
{
    private static readonly StateTable TwoStates = new StateTableBuilder("A")
        .Add("A", Marks(GoesTo("B")), next: ["B"])
        .Add("B", Marks(Completes))
        .Build();

    private static readonly RetainContext Completed =
        ProbedRun.Stored with { CompletedState = "B", Status = CheckpointStatus.Completed, CompletedAt = Timestamp.Parse("2026-01-01T00:00:01Z") };

    [Fact(DisplayName = "A fresh run should look, claim, load again, save a first checkpoint, and then save after each state")]
    public async Task Fresh()
    {
        var run = new ProbedRun(this, TwoStates);

        await run.StartAsync();
        var first = await run.SaveAsync();
        Assert.Equal(new RunProtocol.Started(ProbedRun.Key, ProbedRun.Epoch), await run.Parent.ExpectMsgAsync<RunProtocol.Started>());
        var afterA = await run.SaveAsync();
        var afterB = await run.SaveAsync();
        var result = await run.EndAsync();

        Assert.Equal((null, "A", CheckpointStatus.Running), (first.CompletedState, first.NextState, first.Status));
        Assert.Equal(Timestamp.From(ManualClock.Start), first.StartedAt);
        Assert.Equal(("A", "B", CheckpointStatus.Running), (afterA.CompletedState, afterA.NextState, afterA.Status));
        Assert.Equal(("B", null, CheckpointStatus.Completed), (afterB.CompletedState, afterB.NextState, afterB.Status));
        Assert.Equal<string>(["A", "B"], afterB.Entities);
        Assert.Equal((RunOutcome.Completed, 14L, null, null), (result.Outcome, result.Revision, result.ResumedAt, result.Error));
        Assert.Equal<string>(["A", "B"], result.StatesRun);
        Assert.Equal(afterB, result.Context);
    }

    [Fact(DisplayName = "A state should be entered only after the save of the one before was acknowledged")]
    public async Task Waits_for_the_acknowledgement()
    {
        var acknowledged = false;
        var seen = new TaskCompletionSource<bool>();
        var run = new ProbedRun(this, new StateTableBuilder("A")
            .Add("A", GoesTo("B"), next: ["B"])
            .Add("B", Sees((_, _) => seen.TrySetResult(Volatile.Read(ref acknowledged)), Completes))
            .Build());

        await run.StartAsync();
        await run.SaveAsync();
        await run.ExpectAsync<Save>();
        Volatile.Write(ref acknowledged, true);
        run.Acknowledge();

        Assert.True(await seen.Task);
        await run.SaveAsync();
        await run.EndAsync();
    }

    [Fact(DisplayName = "A resumed run should save its new attempt and enter the next state, not the finished one")]
    public async Task Resume()
    {
        var run = new ProbedRun(this, TwoStates);

        await run.StartAsync(ProbedRun.Stored with { CompletedState = "A", NextState = "B", Entities = ["A"], Errors = ["B: old"], Status = CheckpointStatus.Failed });
        var first = await run.SaveAsync();
        Assert.Equal(
            new RunProtocol.Resumed(ProbedRun.Key, ProbedRun.Epoch, "B"), await run.Parent.ExpectMsgAsync<RunProtocol.Resumed>());
        var last = await run.SaveAsync();
        var result = await run.EndAsync();

        Assert.Equal((2, CheckpointStatus.Running, 0), (first.Attempt, first.Status, first.Errors.Length));
        Assert.Equal<string>(["A", "B"], last.Entities);
        Assert.Equal(("B", 2), (last.StepLog.Single().State, last.StepLog.Single().Attempt));
        Assert.Equal<string>(["B"], result.StatesRun);
        Assert.Equal("B", result.ResumedAt);
    }

    [Fact(DisplayName = "A completed checkpoint should be up to date, and nothing be claimed or written")]
    public async Task UpToDate()
    {
        var run = new ProbedRun(this, TwoStates);

        await run.LookAsync(Completed);
        var result = await run.EndAsync();

        Assert.Equal((RunOutcome.UpToDate, 10L, null), (result.Outcome, result.Revision, result.Error));
        Assert.Equal(Completed, result.Context);
        Assert.Empty(result.StatesRun);
    }

    [Fact(DisplayName = "A checkpoint that another run completed between the look and the claim should be up to date, and be saved as it is so that the claim ends")]
    public async Task UpToDate_after_the_claim()
    {
        var run = new ProbedRun(this, TwoStates);

        await run.LookAsync(ProbedRun.Stored with { NextState = "A" });
        await run.ClaimAsync();
        await run.LookAsync(Completed);
        Assert.Equal(Completed, await run.SaveAsync());
        var result = await run.EndAsync();

        Assert.Equal((RunOutcome.UpToDate, 12L, null), (result.Outcome, result.Revision, result.Error));
        Assert.Empty(result.StatesRun);
    }

    [Fact(DisplayName = "A checkpoint that another run left refused between the look and the claim should be saved as it is when that run has ended")]
    public async Task Refused_after_the_claim()
    {
        var run = new ProbedRun(this, TwoStates);
        var parked = ProbedRun.Stored with { NextState = "A", Status = CheckpointStatus.Parked };

        await run.LookAsync(ProbedRun.Stored with { NextState = "A" });
        await run.ClaimAsync();
        await run.LookAsync(parked);
        Assert.Equal(parked, await run.SaveAsync());

        Assert.Equal((RunOutcome.Refused, "Parked"), await run.EndAsync() is { Outcome: var outcome, Error: { } error } ? (outcome, error.Reason) : default);
    }

    [Theory(DisplayName = "A run that may not start should be refused by name, and nothing be claimed or written")]
    [InlineData("UnknownState")]
    [InlineData("TextChanged")]
    [InlineData("Parked")]
    [InlineData("Corrupt")]
    [InlineData("TooNew")]
    public async Task Refused(string reason)
    {
        var run = new ProbedRun(this, TwoStates);
        var stored = ProbedRun.Stored with { NextState = "A" };

        await run.ExpectAsync<Load>();
        run.Reply(reason switch
        {
            "UnknownState" => Loaded(stored with { NextState = "GONE" }),
            "TextChanged" => Loaded(stored with { TextSha256 = "00" }),
            "Parked" => Loaded(stored with { Status = CheckpointStatus.Parked }),
            "Corrupt" => new Corrupt(ProbedRun.Key, "bytes", null),
            _ => new TooNew(ProbedRun.Key, 99),
        });
        var result = await run.EndAsync();

        Assert.Equal(RunOutcome.Refused, result.Outcome);
        Assert.Equal(reason, result.Error!.Reason);

        static Loaded Loaded(RetainContext context) => new(ProbedRun.Key, 10, 1, context, context.StartedAt!, []);
    }

    [Theory(DisplayName = "A changed text should be run from the first state or gone on with, as the policy says")]
    [InlineData(ChangePolicy.Restart, new[] { "A", "B" }, null)]
    [InlineData(ChangePolicy.Continue, new[] { "B" }, "B")]
    public async Task Changed_text(ChangePolicy policy, string[] statesRun, string? resumedAt)
    {
        var run = new ProbedRun(this, TwoStates, policy);

        await run.StartAsync(ProbedRun.Stored with { TextSha256 = "00", CompletedState = "A", NextState = "B" });
        for (var saves = 0; saves < 1 + statesRun.Length; saves++)
            Assert.Equal(ProbedRun.Stored.TextSha256, (await run.SaveAsync()).TextSha256);
        var result = await run.EndAsync();

        Assert.Equal(RunOutcome.Completed, result.Outcome);
        Assert.Equal(statesRun, result.StatesRun);
        Assert.Equal(resumedAt, result.ResumedAt);
    }

    [Fact(DisplayName = "A run whose claim is refused should be refused by name")]
    public async Task Claim_refused()
    {
        var run = new ProbedRun(this, TwoStates);

        await run.LookAsync();
        await run.ExpectAsync<Claim>();
        run.Reply(new ClaimRefused(ProbedRun.Key, RefuseReason.Busy, "many wait"));
        var result = await run.EndAsync();

        Assert.Equal((RunOutcome.Refused, new RunError("Busy", "many wait")), (result.Outcome, result.Error));
    }

    [Theory(DisplayName = "A run should fail by name when its checkpoint is unavailable")]
    [InlineData("looking")]
    [InlineData("claiming")]
    [InlineData("loading")]
    public async Task Unavailable(string phase)
    {
        var run = new ProbedRun(this, TwoStates);

        if (phase != "looking") await run.LookAsync();
        if (phase == "claiming") await run.ExpectAsync<Claim>();
        else if (phase == "loading") await run.ClaimAsync();
        if (phase != "claiming") await run.ExpectAsync<Load>();
        run.Reply(new Unavailable(ProbedRun.Key, "JournalPoisoned", "a sync failed"));
        var result = await run.EndAsync();

        Assert.Equal((RunOutcome.Failed, new RunError("JournalPoisoned", "a sync failed")), (result.Outcome, result.Error));
    }

    [Fact(DisplayName = "A refused or unknown save should end the run by name, with what was acknowledged before")]
    public async Task Save_not_acknowledged()
    {
        Assert.Equal(
            (RunOutcome.Superseded, "StaleEpoch"), await EndOf(new SaveRefused(ProbedRun.Key, RefuseReason.StaleEpoch, "epoch 6")));
        Assert.Equal(
            (RunOutcome.Failed, "TooLarge"), await EndOf(new SaveRefused(ProbedRun.Key, RefuseReason.TooLarge, "5 MiB")));
        Assert.Equal((RunOutcome.Failed, "SaveUnknown"), await EndOf(new SaveUnknown(ProbedRun.Key, Guid.NewGuid(), "no answer")));

        async Task<(RunOutcome, string)> EndOf(ICheckpointReply answer)
        {
            var run = new ProbedRun(this, TwoStates);
            await run.StartAsync();
            var first = await run.SaveAsync();
            await run.ExpectAsync<Save>();
            run.Reply(answer);
            var result = await run.EndAsync();

            Assert.Equal(12, result.Revision);
            Assert.Equal(first, result.Context);
            return (result.Outcome, result.Error!.Reason);
        }
    }
}
