using Akka.Actor;
using Akka.TestKit.Xunit2;
using RetainActors.Runs;
using static RetainActors.Checkpoints.CheckpointProtocol;
using static RetainActors.Tests.Runs.Handlers;

namespace RetainActors.Tests.Runs;

/// <summary>Two engines on one key: who claims last owns it, and nobody's claim outlives its run.</summary>
public sealed class ClaimSpecs() : TestKit(TestJournal.Config)
{
    private static readonly CheckpointKey Key = new("bank", "source.md");

    [Fact(DisplayName = "A take-over should raise the epoch (W7), and the run that lost its key stop itself at its next save and say so once")]
    public async Task Take_over()
    {
        var events = CreateTestProbe();
        var gate = new Gate(GoesTo("B"));
        var loser = RetainRuns.Start(Sys, Table(gate.Handle)).RunAsync(Key, "text");
        await gate.Entered;
        Sys.EventStream.Subscribe(events.Ref, typeof(RunEvent.Started));
        Sys.EventStream.Subscribe(events.Ref, typeof(RunEvent.Ended));

        var winner = await RetainRuns.Start(Sys, Table(GoesTo("B"))).RunAsync(Key, "text");
        gate.Open();
        var lost = await loser;

        Assert.Equal(2, (await events.ExpectMsgAsync<RunEvent.Started>()).Epoch);
        Assert.Equal(RunOutcome.Completed, (await events.ExpectMsgAsync<RunEvent.Ended>()).Result.Outcome);
        Assert.Equal(RunOutcome.Superseded, (await events.ExpectMsgAsync<RunEvent.Ended>()).Result.Outcome);
        Assert.False(events.HasMessages, "the loser said more than once that it lost");
        Assert.Equal((RunOutcome.Superseded, "StaleEpoch"), (lost.Outcome, lost.Error!.Reason));
        Assert.Equal(winner.Context, (await RetainCheckpoints.Get(Sys).Client.LoadAsync(Key))!.Context);
    }

    [Fact(DisplayName = "A key that another run completes between the look and the claim should be up to date, and its claim be over: a save without an epoch is accepted")]
    public async Task Claim_ends()
    {
        var checkpoints = RetainCheckpoints.Get(Sys);
        var other = RetainRuns.Start(Sys, Table(GoesTo("B")));
        var between = Sys.ActorOf(Props.Create(() => new ActsBeforeClaims(checkpoints.ClientActor, () => other.RunAsync(Key, "text"))));
        var environment = new RunEnvironment(Table(GoesTo("B")), ProbedRun.Impatient, between, TimeProvider.System);
        var manager = Sys.ActorOf(RunManagerActor.PropsFor(environment));

        manager.Tell(new RunProtocol.StartRun(Key, "text"), TestActor);
        var result = (await ExpectMsgAsync<RunProtocol.Ended>()).Result;

        Assert.Equal(RunOutcome.UpToDate, result.Outcome);
        var loaded = (await checkpoints.Client.LoadAsync(Key))!;
        Assert.Equal((2L, result.Revision, CheckpointStatus.Completed), (loaded.Epoch, loaded.Revision, loaded.Context.Status));
        Assert.True(await checkpoints.Client.SaveAsync(loaded.Context with { DocumentId = "by hand" }) > loaded.Revision);
    }

    private static StateTable Table(StateHandler a) => new StateTableBuilder("A").Add("A", a, next: ["B"]).Add("B", Marks(Completes)).Build();

    /// <summary>Lets somebody act between a run's look and its claim.</summary>
    private sealed class ActsBeforeClaims : ReceiveActor
    {
        public ActsBeforeClaims(IActorRef checkpoints, Func<Task> act)
        {
            ReceiveAsync<Claim>(async claim =>
            {
                var run = Sender;
                await act();
                checkpoints.Tell(claim, run);
            });
            ReceiveAny(message => checkpoints.Forward(message));
        }
    }
}
