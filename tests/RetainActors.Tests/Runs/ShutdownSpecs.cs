using Akka.Actor;
using RetainActors.Runs;
using RetainActors.Storage;
using static RetainActors.Tests.Runs.Handlers;

namespace RetainActors.Tests.Runs;

/// <summary>An actor system that is shut down stops its runs in good order, while their checkpoints are still there.</summary>
public sealed class ShutdownSpecs
{
    private static readonly CheckpointKey Key = new("bank", "source.md");
    private static readonly CheckpointKey Waiting = new("bank", "waiting.md");

    [Theory(DisplayName = "A terminated system should stop its runs after their current state is saved, so that a resume enters the next one")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stops(bool stateGoesOn)
    {
        var disk = new MemoryFileSystem();
        var gate = new Gate(GoesTo("B"), ignoresStop: stateGoesOn);
        var system = TestSystem.Start(disk, "retain.run.max-live-runs = 1");
        var runs = RetainRuns.Start(system, Table((scope, context, stop) =>
        {
            // Only a state that goes on is let out, once it is asked to stop.
            if (stateGoesOn) stop.Register(gate.Open);
            return gate.Handle(scope, context, stop);
        }));

        var run = runs.RunAsync(Key, "text");
        var waiting = runs.RunAsync(Waiting, "text");
        await gate.Entered;
        await system.Terminate();
        var stopped = await run;

        Assert.Equal((RunOutcome.Stopped, null), (stopped.Outcome, stopped.Error));
        Assert.Equal(stateGoesOn ? ["A"] : Array.Empty<string>(), stopped.Context!.StepLog.Select(step => step.State));
        Assert.All(stopped.Context.StepLog, step => Assert.NotNull(step.CompletedAt));
        Assert.Equal((RunOutcome.Stopped, 0L), ((await waiting).Outcome, (await waiting).Revision));
        Assert.Equal((RunOutcome.Stopped, "Stopped"), await runs.RunAsync(Key, "text") is var late ? (late.Outcome, late.Error!.Reason) : default);

        var next = TestSystem.Start(disk);
        var resumed = await RetainRuns.Start(next, Table(GoesTo("B"))).RunAsync(Key, "text");
        Assert.Equal((RunOutcome.Completed, stateGoesOn ? "B" : "A"), (resumed.Outcome, resumed.ResumedAt));
        Assert.Null(await RetainCheckpoints.Get(next).Client.LoadAsync(Waiting));
        await next.Terminate();
    }

    [Fact(DisplayName = "A start during the shutdown should be answered Stopped, and a run that does not stop should not hold the shutdown up for ever")]
    public async Task Late()
    {
        var gate = new Gate(Completes, ignoresStop: true);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var system = TestSystem.Start(new MemoryFileSystem(), "akka.coordinated-shutdown.default-phase-timeout = 1 s");
        var runs = RetainRuns.Start(system, Table((scope, context, stop) =>
        {
            stop.Register(asked.SetResult);
            return gate.Handle(scope, context, stop);
        }));

        var run = runs.RunAsync(Key, "text");
        await gate.Entered;
        var terminated = system.Terminate();
        await asked.Task;
        var late = await runs.RunAsync(Waiting, "text");
        await terminated.WaitAsync(TimeSpan.FromSeconds(60));
        gate.Open();

        Assert.Equal((RunOutcome.Stopped, "Stopped"), (late.Outcome, late.Error!.Reason));
        Assert.Equal((RunOutcome.Stopped, "Stopped"), ((await run).Outcome, (await run).Error!.Reason));
    }

    [Fact(DisplayName = "A shutdown of a system that was aborted should end, since nothing in it stops runs any more")]
    public async Task Aborted()
    {
        var system = TestSystem.Start(new MemoryFileSystem());
        RetainRuns.Start(system, Table(Completes));
        ((ExtendedActorSystem)system).Abort();
        await system.WhenTerminated.WaitAsync(TimeSpan.FromSeconds(60));
        await system.Terminate().WaitAsync(TimeSpan.FromSeconds(60));
    }

    private static StateTable Table(StateHandler a) => new StateTableBuilder("A").Add("A", a, next: ["B"]).Add("B", Completes).Build();
}
