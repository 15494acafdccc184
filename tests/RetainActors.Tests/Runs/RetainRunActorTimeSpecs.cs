using Akka.TestKit.Xunit2;
using RetainActors.Checkpoints;
using RetainActors.Runs;
using static RetainActors.Checkpoints.CheckpointProtocol;
using static RetainActors.Tests.Runs.Handlers;

namespace RetainActors.Tests.Runs;

/// <summary>States that take too long and checkpoints that are busy, in virtual time.</summary>
public sealed class RetainRunActorTimeSpecs() : TestKit(VirtualTime.Config.WithFallback("akka.loglevel = WARNING"))
{
    private static readonly StatePolicy TenSeconds = new() { Timeout = TimeSpan.FromSeconds(10) };

    [Fact(DisplayName = "A state that takes too long should have its token cancelled and fail as a TimeoutException, which its policy can retry")]
    public async Task Timed_out()
    {
        var calls = 0;
        var gate = new Gate(Completes);
        var run = new ProbedRun(this, One(
            (scope, context, stop) => (++calls == 1 ? gate.Handle : Completes)(scope, context, stop),
            TenSeconds with { Retry = new RetryPolicy { MaxTries = 2, Retries = e => e is TimeoutException } }));

        await run.StartAsync();
        await run.SaveAsync();
        await gate.Entered;
        Sys.Advance(TimeSpan.FromSeconds(10));
        var failed = await run.SaveAsync();
        await run.RetryAsync();
        await run.SaveAsync();

        Assert.Equal("TimeoutException: the state took longer than 10 s", failed.StepLog.Single().Error);
        Assert.Equal(RunOutcome.Completed, (await run.EndAsync()).Outcome);
    }

    [Fact(DisplayName = "A state should have all its time before its token is cancelled, and its result should count when it comes all the same")]
    public async Task Late_result()
    {
        var token = new TaskCompletionSource<CancellationToken>();
        var gate = new Gate(Completes, ignoresStop: true);
        var run = new ProbedRun(this, One(
            (scope, context, stop) =>
            {
                token.SetResult(stop);
                return gate.Handle(scope, context, stop);
            },
            TenSeconds));

        await run.StartAsync();
        await run.SaveAsync();
        await gate.Entered;
        var end = await token.Task;
        var cancelled = new TaskCompletionSource();
        await using var registration = end.Register(cancelled.SetResult);
        Sys.Advance(TimeSpan.FromSeconds(9.75));
        Assert.False(end.IsCancellationRequested, "cancelled too early");
        Sys.Advance(TimeSpan.FromSeconds(0.25));
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(20));
        gate.Open();
        await run.SaveAsync();

        Assert.Equal(RunOutcome.Completed, (await run.EndAsync()).Outcome);
    }

    [Fact(DisplayName = "A state that ignores its cancelled token should be left behind after the grace: the run fails, is not retried, and takes no result of it any more")]
    public async Task Left_behind()
    {
        var (gate, cancelled) = (new Gate(Completes, ignoresStop: true), new TaskCompletionSource());
        var run = new ProbedRun(this, One(
            (scope, context, stop) =>
            {
                stop.Register(cancelled.SetResult);
                return gate.Handle(scope, context, stop);
            },
            TenSeconds with { Retry = new RetryPolicy { MaxTries = 2 } }));

        await run.StartAsync();
        await run.SaveAsync();
        await gate.Entered;
        Sys.Advance(TimeSpan.FromSeconds(10));
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Sys.Advance(TimeSpan.FromSeconds(10));
        await run.ExpectAsync<Save>();
        gate.Open();
        run.Acknowledge();
        var result = await run.EndAsync();

        Assert.Equal((RunOutcome.Failed, CheckpointStatus.Failed), (result.Outcome, result.Context!.Status));
        Assert.Equal(
            "A: TimeoutException: the state took longer than 10 s and went on for 10 s after its token was cancelled; it was left behind",
            result.Error!.Detail);
    }

    [Fact(DisplayName = "A run that is stopped should leave a state behind that goes on after the grace, and write nothing more")]
    public async Task Stopped_and_left_behind()
    {
        var (gate, cancelled) = (new Gate(Completes, ignoresStop: true), new TaskCompletionSource());
        var run = new ProbedRun(this, One(
            (scope, context, stop) =>
            {
                stop.Register(cancelled.SetResult);
                return gate.Handle(scope, context, stop);
            },
            StatePolicy.Default));

        await run.StartAsync();
        await run.SaveAsync();
        await gate.Entered;
        run.Stop();
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Sys.Advance(TimeSpan.FromSeconds(10));
        var result = await run.EndAsync();
        gate.Open();

        Assert.Equal((RunOutcome.Stopped, CheckpointStatus.Running, null), (result.Outcome, result.Context!.Status, result.Error));
        Assert.Empty(result.Context.StepLog);
    }

    [Fact(DisplayName = "A request that is refused as busy, or that may have landed, should be sent again with backoff under its own id")]
    public async Task Busy()
    {
        var run = new ProbedRun(this, One(Completes, StatePolicy.Default), settings: Patient);

        await run.LookAsync();
        var claim = await run.ExpectAsync<Claim>();
        run.Reply(new ClaimRefused(ProbedRun.Key, RefuseReason.Busy, "many wait"));
        Assert.Equal(claim, await AgainAsync<Claim>(run));
        run.Reply(new Claimed(ProbedRun.Key, ProbedRun.Epoch, 1));
        await run.ExpectAsync<Load>();
        run.Reply(new Unavailable(ProbedRun.Key, "Busy", "many wait"));
        await AgainAsync<Load>(run);
        run.Reply(new NotFound(ProbedRun.Key));
        var save = await run.ExpectAsync<Save>();
        run.Reply(new SaveRefused(ProbedRun.Key, RefuseReason.Busy, "many wait"));
        Assert.Same(save, await AgainAsync<Save>(run));
        run.Reply(new SaveUnknown(ProbedRun.Key, save.SaveId, "no answer"));
        Assert.Same(save, await AgainAsync<Save>(run));
        run.Acknowledge();
        await run.SaveAsync();

        Assert.Equal(RunOutcome.Completed, (await run.EndAsync()).Outcome);
    }

    [Fact(DisplayName = "A run that is not served within the time for it should fail by the name of the refusal")]
    public async Task Busy_for_too_long()
    {
        var run = new ProbedRun(this, One(Completes, StatePolicy.Default), settings: Patient);

        await run.StartAsync();
        await run.ExpectAsync<Save>();
        run.Reply(new SaveRefused(ProbedRun.Key, RefuseReason.Busy, "many wait"));
        await AgainAsync<Save>(run);
        run.Clock.Advance(Patient.BusyTimeout);
        run.Reply(new SaveRefused(ProbedRun.Key, RefuseReason.Busy, "many wait"));
        var result = await run.EndAsync();

        Assert.Equal((RunOutcome.Failed, new RunError("Busy", "many wait")), (result.Outcome, result.Error));
    }

    [Fact(DisplayName = "A run that is stopped while it waits out a busy checkpoint should end at once")]
    public async Task Stopped_while_busy()
    {
        var run = new ProbedRun(this, One(Completes, StatePolicy.Default), settings: Patient);

        await run.StartAsync();
        await run.ExpectAsync<Save>();
        run.Reply(new SaveRefused(ProbedRun.Key, RefuseReason.Busy, "many wait"));
        run.Stop();
        var result = await run.EndAsync();

        Assert.Equal((RunOutcome.Failed, "Busy"), (result.Outcome, result.Error!.Reason));
    }

    private static RunSettings Patient { get; } = RunSettings.From(RetainCheckpoints.DefaultConfig);

    /// <summary>Lets the backoff pass, once it is on, and expects the request again.</summary>
    private async Task<T> AgainAsync<T>(ProbedRun run) where T : class, ICheckpointCommand
    {
        await AwaitConditionAsync(
            () =>
            {
                Sys.Advance(TimeSpan.FromSeconds(0.25));
                return Task.FromResult(run.Checkpoints.HasMessages);
            },
            TimeSpan.FromSeconds(20), TimeSpan.FromMilliseconds(5));
        return await run.ExpectAsync<T>();
    }

    private static StateTable One(StateHandler a, StatePolicy policy) => new StateTableBuilder("A").Add("A", a, policy: policy).Build();
}
