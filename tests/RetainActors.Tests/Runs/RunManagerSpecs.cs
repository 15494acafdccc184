using System.Collections.Concurrent;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using RetainActors.Runs;
using static RetainActors.Tests.Runs.Handlers;

namespace RetainActors.Tests.Runs;

public sealed class RunManagerSpecs() : TestKit(TestJournal.Config)
{
    private static readonly CheckpointKey Key = new("bank", "source.md");

    [Fact(DisplayName = "A second start of a key should be AlreadyRunning while the first run lives, and only then")]
    public async Task AlreadyRunning()
    {
        var gate = new Gate(Completes);
        var runs = Start(gate.Handle);

        var first = runs.RunAsync(Key, "text");
        await gate.Entered;
        var second = await runs.RunAsync(Key, "text");
        gate.Open();

        Assert.Equal((RunOutcome.AlreadyRunning, "AlreadyRunning", 0L), (second.Outcome, second.Error!.Reason, second.Revision));
        Assert.Equal(RunOutcome.Completed, (await first).Outcome);
        Assert.Equal(RunOutcome.UpToDate, (await runs.RunAsync(Key, "text")).Outcome);
    }

    [Fact(DisplayName = "A caller that gives up should stop the run that it started, which can be resumed")]
    public async Task Cancelled()
    {
        var gate = new Gate(Completes);
        var runs = Start(gate.Handle);
        using var giveUp = new CancellationTokenSource();

        var run = runs.RunAsync(Key, "text", cancellationToken: giveUp.Token);
        await gate.Entered;
        await giveUp.CancelAsync();
        var stopped = await run;
        gate.Open();
        var resumed = await runs.RunAsync(Key, "text");

        Assert.Equal((RunOutcome.Stopped, null), (stopped.Outcome, stopped.Error));
        Assert.Equal((RunOutcome.Completed, "A"), (resumed.Outcome, resumed.ResumedAt));
    }

    [Fact(DisplayName = "A caller that lets its run finish should have what ran saved, and no further state entered")]
    public async Task Finished()
    {
        var gate = new Gate(GoesTo("B"));
        var runs = RetainRuns.Start(Sys, new StateTableBuilder("A").Add("A", gate.Handle, ["B"]).Add("B", Completes).Build());
        using var finish = new CancellationTokenSource();

        var run = runs.RunAsync(Key, "text", finishToken: finish.Token);
        await gate.Entered;
        await finish.CancelAsync();
        gate.Open();
        var stopped = await run;
        var resumed = await runs.RunAsync(Key, "text");

        Assert.Equal((RunOutcome.Stopped, "A"), (stopped.Outcome, Assert.Single(stopped.StatesRun)));
        Assert.Equal((RunOutcome.Completed, "B"), (resumed.Outcome, resumed.ResumedAt));
    }

    [Fact(DisplayName = "A caller that gave up before it asked should be answered Stopped")]
    public async Task Cancelled_before()
    {
        var neverOpen = new Gate(Completes);

        var result = await Start(neverOpen.Handle).RunAsync(Key, "text", cancellationToken: new CancellationToken(canceled: true));

        Assert.Equal(RunOutcome.Stopped, result.Outcome);
    }

    [Fact(DisplayName = "A caller that gives up should not stop the run of another caller")]
    public async Task Cancelled_beside_another()
    {
        var gate = new Gate(Completes);
        var runs = Start(gate.Handle);

        var first = runs.RunAsync(Key, "text");
        await gate.Entered;
        var second = await runs.RunAsync(Key, "text", cancellationToken: new CancellationToken(canceled: true));
        gate.Open();

        Assert.Equal(RunOutcome.AlreadyRunning, second.Outcome);
        Assert.Equal(RunOutcome.Completed, (await first).Outcome);
    }

    [Fact(DisplayName = "A run whose actor throws should end as Failed with the reason Crashed, and can be started again")]
    public async Task Crashed()
    {
        var crashes = true;
        var runs = Start((_, context, _) => crashes
            ? throw new UnreadableException()
            : Task.FromResult(new StateResult(context, Transition.Completed)));

        var crashed = await EventFilter.Exception<InvalidOperationException>().ExpectOneAsync(() => runs.RunAsync(Key, "text"));
        crashes = false;
        var again = await runs.RunAsync(Key, "text");

        Assert.Equal((RunOutcome.Failed, "Crashed"), (crashed.Outcome, crashed.Error!.Reason));
        Assert.Equal((RunOutcome.Completed, "A"), (again.Outcome, again.ResumedAt));
    }

    [Fact(DisplayName = "An asking actor should be told Started or Resumed when states are about to run, and Ended in every case")]
    public async Task Conversation()
    {
        var gate = new Gate(Completes);
        var manager = Manager(gate.Handle);

        manager.Tell(new RunProtocol.StopRun(Key), TestActor);
        manager.Tell(new RunProtocol.StartRun(Key, "text"), TestActor);
        await ExpectMsgAsync(new RunProtocol.Started(Key, 1));
        await gate.Entered;
        manager.Tell(new RunProtocol.StopRun(Key), TestActor);
        Assert.Equal(RunOutcome.Stopped, (await ExpectMsgAsync<RunProtocol.Ended>()).Result.Outcome);
        gate.Open();
        manager.Tell(new RunProtocol.StartRun(Key, "text"), TestActor);
        await ExpectMsgAsync(new RunProtocol.Resumed(Key, 2, "A"));
        Assert.Equal(RunOutcome.Completed, (await ExpectMsgAsync<RunProtocol.Ended>()).Result.Outcome);
        manager.Tell(new RunProtocol.StartRun(Key, "text"), TestActor);
        Assert.Equal(RunOutcome.UpToDate, (await ExpectMsgAsync<RunProtocol.Ended>()).Result.Outcome);
    }

    [Fact(DisplayName = "Who starts a key again as soon as its end is published should not be answered AlreadyRunning")]
    public async Task Started_again_at_once()
    {
        var manager = Manager(Completes);
        Sys.EventStream.Subscribe(TestActor, typeof(RunEvent.Ended));

        for (var runs = 0; runs < 20; runs++)
        {
            manager.Tell(new RunProtocol.StartRun(Key, "text"), ActorRefs.NoSender);
            var ended = await ExpectMsgAsync<RunEvent.Ended>();
            Assert.Equal(runs == 0 ? RunOutcome.Completed : RunOutcome.UpToDate, ended.Result.Outcome);
        }
    }

    [Fact(DisplayName = "Many runs at once should each run every state once")]
    public async Task Many()
    {
        var entered = new ConcurrentDictionary<(CheckpointKey, string), int>();
        StateHandler Counts(StateHandler then) => Sees((scope, _) => entered.AddOrUpdate((scope.Key, scope.State), 1, (_, n) => n + 1), Marks(then));
        var runs = RetainRuns.Start(Sys, new StateTableBuilder("F")
            .AddFork("F", Counts(Forks), ["X", "Y"], "J")
            .Add("X", Counts(Completes)).Add("Y", Counts(Completes)).Add("J", Counts(Completes))
            .Build());

        var results = await Task.WhenAll(Enumerable.Range(0, 200).Select(n => runs.RunAsync(new CheckpointKey("bank", $"{n}.md"), "text")));

        Assert.All(results, result => Assert.Equal((RunOutcome.Completed, null), (result.Outcome, result.Error)));
        Assert.All(results, result => Assert.Equal<string>(["F", "X", "Y", "J"], result.Context!.Entities));
        Assert.Equal(200, results.Select(result => result.Key).Distinct().Count());
        Assert.Equal(800, entered.Count);
        Assert.All(entered.Values, times => Assert.Equal(1, times));
    }

    [Fact(DisplayName = "A run without a key or a text should be refused where it is asked for")]
    public async Task Nothing_to_run()
    {
        var runs = Start(Completes);

        await Assert.ThrowsAsync<ArgumentNullException>(() => runs.RunAsync(null!, "text"));
        await Assert.ThrowsAsync<ArgumentNullException>(() => runs.RunAsync(Key, null!));
    }

    private static StateTable Table(StateHandler a) => new StateTableBuilder("A").Add("A", a).Build();

    private IRunClient Start(StateHandler a) => RetainRuns.Start(Sys, Table(a));

    private IActorRef Manager(StateHandler a) =>
        Sys.ActorOf(RunManagerActor.PropsFor(
            new RunEnvironment(Table(a), ProbedRun.Impatient, RetainCheckpoints.Get(Sys).ClientActor, TimeProvider.System)));
}
