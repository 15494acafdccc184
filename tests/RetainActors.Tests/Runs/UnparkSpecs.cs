using Akka.TestKit.Xunit2;
using RetainActors.Checkpoints;
using RetainActors.Runs;
using static RetainActors.Checkpoints.CheckpointProtocol;
using static RetainActors.Tests.Runs.Handlers;

namespace RetainActors.Tests.Runs;

public sealed class UnparkSpecs() : TestKit(TestJournal.Config)
{
    private static readonly CheckpointKey Key = new("bank", "source.md");

    [Fact(DisplayName = "A parked run should start no more until it is unparked, and then go on at its state, its old failures forgotten")]
    public async Task Unparked()
    {
        var runs = Start(FailsTimes(4, Completes));
        Assert.Equal(RunOutcome.Failed, (await runs.RunAsync(Key, "text")).Outcome);
        Assert.Equal(RunOutcome.Parked, (await runs.RunAsync(Key, "text")).Outcome);
        var refused = await runs.RunAsync(Key, "text");

        var unparked = await runs.UnparkAsync(Key);
        Assert.Equal(RunOutcome.Failed, (await runs.RunAsync(Key, "text")).Outcome);
        Assert.Equal(RunOutcome.Parked, (await runs.RunAsync(Key, "text")).Outcome);
        await runs.UnparkAsync(Key);
        var completed = await runs.RunAsync(Key, "text");

        Assert.Equal((RunOutcome.Refused, "Parked"), (refused.Outcome, refused.Error!.Reason));
        Assert.Contains("B: TimeoutException: no model today", refused.Error.Detail, StringComparison.Ordinal);
        Assert.Equal(new UnparkResult(Key, refused.Revision + 1, "B", null), unparked);
        Assert.Equal((RunOutcome.Completed, "B"), (completed.Outcome, completed.ResumedAt));
        Assert.Equal(["A", "B", "B", "B", "B", "B"], completed.Context!.StepLog.Select(step => step.State));
    }

    [Fact(DisplayName = "Unparking should keep the results of an open fork, so that only the parked branch runs again")]
    public async Task Unparked_in_a_fork()
    {
        var runs = RetainRuns.Start(Sys, new StateTableBuilder("F")
            .AddFork("F", Forks, ["X", "Y"], "J").Add("X", Marks(Completes)).Add("J", Completes)
            .Add("Y", FailsTimes(1, Marks(Completes)), policy: new StatePolicy { ParkAfter = 1 })
            .Build());
        Assert.Equal(RunOutcome.Parked, (await runs.RunAsync(Key, "text")).Outcome);

        await runs.UnparkAsync(Key);
        var result = await runs.RunAsync(Key, "text");

        Assert.Equal<string>(["parallel:Y", "J"], result.StatesRun);
        Assert.Equal<string>(["X", "Y"], result.Context!.Entities);
    }

    [Fact(DisplayName = "A key without a checkpoint, or one that is not parked, should be refused by name and stay as it is")]
    public async Task Not_parked()
    {
        var runs = Start(Completes);

        Assert.Equal("NotFound", (await runs.UnparkAsync(Key)).Error!.Reason);
        var revision = (await runs.RunAsync(Key, "text")).Revision;
        Assert.Equal(new RunError("NotParked", "the checkpoint is Completed, not parked"), (await runs.UnparkAsync(Key)).Error);
        Assert.Equal(revision, (await RetainCheckpoints.Get(Sys).Client.LoadAsync(Key))!.Revision);
        await Assert.ThrowsAsync<ArgumentNullException>(() => runs.UnparkAsync(null!));
    }

    [Fact(DisplayName = "A key that changed between the look and the save should be refused as Conflict: unparking claims nothing")]
    public async Task Changed_meanwhile()
    {
        var (checkpoints, asker) = (CreateTestProbe(), CreateTestProbe());
        var parked = ProbedRun.Stored with { NextState = "A", Attempt = 3, Status = CheckpointStatus.Parked };
        Sys.ActorOf(UnparkActor.PropsFor(ProbedRun.Key, checkpoints.Ref, result => asker.Ref.Tell(result, asker.Ref)));

        await checkpoints.ExpectMsgAsync<Load>();
        checkpoints.Reply(new Loaded(ProbedRun.Key, 7, 2, parked, parked.StartedAt!, []));
        var save = await checkpoints.ExpectMsgAsync<Save>();
        checkpoints.Reply(new SaveRefused(ProbedRun.Key, RefuseReason.Conflict, "revision 8"));

        Assert.Equal((7L, null), (save.ExpectedRevision, save.Epoch));
        Assert.Equal(parked with { Status = CheckpointStatus.Running, UnparkedAfterAttempt = 3 }, save.Context);
        Assert.Equal("Conflict", (await asker.ExpectMsgAsync<UnparkResult>()).Error!.Reason);
    }

    private IRunClient Start(StateHandler b) => RetainRuns.Start(Sys, new StateTableBuilder("A")
        .Add("A", GoesTo("B"), next: ["B"]).Add("B", b, policy: new StatePolicy { ParkAfter = 2 })
        .Build());
}
