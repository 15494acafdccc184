using System.Collections.Immutable;
using Akka.Event;

namespace RetainActors.Runs;

/// <summary>Tells the event stream how one run goes, and keeps what its result says.</summary>
internal sealed class RunReport(CheckpointKey key, EventStream events)
{
    private readonly ImmutableArray<string>.Builder _statesRun = ImmutableArray.CreateBuilder<string>();
    private string? _resumedAt;

    /// <summary>The epoch that was claimed; 0 before.</summary>
    public long Epoch { get; set; }

    /// <summary>The last acknowledged revision; 0 before the first.</summary>
    public long Revision { get; set; }

    /// <summary>The last acknowledged context; null when there is none.</summary>
    public RetainContext? Durable { get; set; }

    public void OnStarted(string? resumedAt)
    {
        _resumedAt = resumedAt;
        events.Publish(new RunEvent.Started(key, Epoch, resumedAt));
    }

    public void OnEntered(string step) => events.Publish(new RunEvent.StateEntered(key, step));

    public void OnLeft(StepEnded ended, string? error)
    {
        _statesRun.Add(ended.Step);
        events.Publish(new RunEvent.StateLeft(key, ended.Step, ended.Outcome.Duration, error));
    }

    public void OnSaved(long revision, string? branch)
    {
        Revision = revision;
        events.Publish(new RunEvent.Saved(key, revision, branch));
    }

    public void OnRetried(StepFailure failure) =>
        events.Publish(new RunEvent.Retried(key, failure.Step, failure.InRow, failure.RetryAfter, failure.Error));

    public void OnParked(StepFailure failure) => events.Publish(new RunEvent.Parked(key, failure.Step, failure.InRow, failure.Error));

    public void OnEnded(RunResult result) => events.Publish(new RunEvent.Ended(key, result));

    public RunResult Result(RunOutcome outcome, RunError? error) =>
        new(key, outcome, Revision, Durable, _statesRun.ToImmutable(), _resumedAt, error);
}
