using RetainActors.Checkpoints;
using RetainActors.Cli.Report;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Cli.Tests.Report;

public sealed class RunTimelinesSpecs
{
    private static readonly CheckpointKey Key = new("b", "s");

    [Fact(DisplayName = "A timeline should put attempts one behind the other, and count what a resume did not run again")]
    public void Resumed()
    {
        var timeline = TimelineOf(ReportSamples.Completed(Key));

        Assert.Equal([(1, 0.0, 3100.0, AttemptEnd.Interrupted), (2, 3100, 501, AttemptEnd.Completed)], timeline.Attempts.Select(a => (a.Attempt, a.OffsetMs, a.LengthMs, a.End)));
        Assert.Equal((0, 56_900), (timeline.Attempts[0].GapMs, timeline.Attempts[1].GapMs));
        Assert.Equal((null, "PUBLISH"), (timeline.Attempts[0].ResumedAt, timeline.Attempts[1].ResumedAt));
        Assert.Equal((3, 3100, 3601), (timeline.StepsNotRunAgain, timeline.SavedMs, timeline.LengthMs));
        var branch = timeline.Attempts[0].Steps[2];
        Assert.Equal(("FACTS", true, 1100, 2000), (branch.State, branch.IsBranch, branch.OffsetMs, branch.LengthMs));
    }

    [Fact(DisplayName = "A step that failed before in the same attempt should be marked as a retry, one of another attempt as a failed attempt")]
    public void Retries()
    {
        var retrying = TimelineOf(ReportSamples.Retrying(Key));
        Assert.Equal([false, false, true], retrying.Attempts.Single().Steps.Select(step => step.IsRetry));
        Assert.Equal(AttemptEnd.Unfinished, retrying.Attempts[0].End);

        var parked = TimelineOf(ReportSamples.Parked(Key));
        Assert.Equal([AttemptEnd.Failed, AttemptEnd.Failed, AttemptEnd.Failed], parked.Attempts.Select(attempt => attempt.End));
        Assert.All(parked.Attempts.SelectMany(attempt => attempt.Steps), step => Assert.False(step.IsRetry));
        Assert.Equal((1, 100), (parked.StepsNotRunAgain, parked.SavedMs));
    }

    [Fact(DisplayName = "The finished branches of an open fork should be in the timeline although no step log has them yet")]
    public void Open_fork()
    {
        var fork = ReportSamples.InFork(Key);
        var done = fork with { StepLog = fork.StepLog.Add(ReportSamples.Step("parallel:FACTS", 1100, 700)) };
        var branch = new BranchResult("READ", 1, "FACTS", ContextDelta.Between(fork, done), 5);

        var timeline = TimelineOf(fork, branch);

        Assert.Equal(["INIT", "READ", "FACTS"], timeline.Attempts.Single().Steps.Select(step => step.State));
        Assert.Equal(1800, timeline.LengthMs);
    }

    [Fact(DisplayName = "An attempt that has finished nothing should show, and what it resumed at")]
    public void Nothing_finished()
    {
        var fresh = TimelineOf(new RetainContext(Key) { NextState = "INIT" });
        Assert.Equal((1, null, AttemptEnd.Unfinished, 0), (fresh.Attempts.Single().Attempt, fresh.Attempts[0].StartedAt, fresh.Attempts[0].End, fresh.StepsNotRunAgain));

        var resumed = TimelineOf(ReportSamples.InFork(Key) with { Attempt = 4 });
        Assert.Equal([1, 4], resumed.Attempts.Select(attempt => attempt.Attempt));
        Assert.Equal(("PUBLISH", 2), (resumed.Attempts[1].ResumedAt, resumed.StepsNotRunAgain));
    }

    [Fact(DisplayName = "A clock that was set back and steps that nobody measured should give no negative length")]
    public void Odd_clocks()
    {
        var timeline = TimelineOf(new RetainContext(Key)
        {
            Attempt = 2, NextState = "C",
            StepLog = [ReportSamples.Step("A", 5000, null), ReportSamples.Step("B", 1000, 100), ReportSamples.Step("C", 0, 10, attempt: 2)],
        });

        Assert.All(timeline.Attempts, attempt => Assert.True(attempt is { GapMs: >= 0, LengthMs: >= 0, OffsetMs: >= 0 }));
        Assert.All(timeline.Attempts.SelectMany(attempt => attempt.Steps), step => Assert.True(step is { OffsetMs: >= 0, LengthMs: >= 0 }));
        Assert.Equal(4010, timeline.LengthMs);
    }

    [Fact(DisplayName = "A run of very many steps should show the newest and say how many it leaves out")]
    public void Many_steps()
    {
        var timeline = TimelineOf(new RetainContext(Key) { NextState = "S", StepLog = [.. Enumerable.Range(0, 1000).Select(i => ReportSamples.Step("S", i, 1))] });

        Assert.Equal((400, 600), (timeline.Attempts.Single().Steps.Length, timeline.StepsLeftOut));
    }

    private static RunTimeline TimelineOf(RetainContext context, params BranchResult[] branches) =>
        RunTimelines.Of(new Loaded(Key, 1, 1, context, Timestamp.From(ReportSamples.Now), [.. branches]));
}
