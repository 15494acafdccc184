using System.Collections.Immutable;
using System.Diagnostics;
using Akka.Event;
using RetainActors.Diagnostics;

namespace RetainActors.Runs;

/// <summary>Tells the event stream, telemetry and the manager how one run goes, and keeps what its result says.</summary>
internal sealed class RunReport(RunProtocol.StartRun request, RunTelemetry telemetry, RunProgress progress, EventStream events)
{
    private readonly CheckpointKey _key = request.Key;
    private readonly RunTrace? _trace = RunTrace.Start(request);
    private readonly ImmutableArray<string>.Builder _statesRun = ImmutableArray.CreateBuilder<string>();
    private string? _resumedAt;

    /// <summary>The epoch that was claimed; 0 before.</summary>
    public long Epoch { get; set; }

    /// <summary>The last acknowledged revision; 0 before the first.</summary>
    public long Revision { get; set; }

    /// <summary>The last acknowledged context; null when there is none.</summary>
    public RetainContext? Durable { get; set; }

    /// <summary>What the save of a branch's result hangs under in a trace; with null any other request.</summary>
    public ActivityContext TraceFor(string? branch) => _trace?.ContextFor(branch) ?? request.Trace;

    public void OnStarted(string? resumedAt)
    {
        _resumedAt = resumedAt;
        progress.Note("is about to enter a state");
        _trace?.OnStarted(Epoch, resumedAt);
        events.Publish(new RunEvent.Started(_key, Epoch, resumedAt));
    }

    /// <summary>The run goes on from a context, and from the branches that are durable of its open fork.</summary>
    public void OnResumed(RetainContext context, int branches, string resumedAt)
    {
        telemetry.OnResumed(_key, context.StepLog.Count(step => step.Error is null), branches);
        OnStarted(resumedAt);
    }

    /// <returns>The span that the handler runs under; null when nobody listens.</returns>
    public Activity? OnEntered(string step)
    {
        progress.Note("is in", step);
        events.Publish(new RunEvent.StateEntered(_key, step));
        return _trace?.Enter(step);
    }

    public void OnLeft(StepEnded ended, string? error)
    {
        _statesRun.Add(ended.Step);
        progress.Note("is to save that it has left", ended.Step);
        telemetry.OnLeft(_key, ended.Step, ended.Outcome.Duration, error is null);
        _trace?.Leave(ended.Step, error);
        events.Publish(new RunEvent.StateLeft(_key, ended.Step, ended.Outcome.Duration, error));
    }

    public void OnSaved(long revision, string? branch)
    {
        Revision = revision;
        progress.Note("has saved");
        events.Publish(new RunEvent.Saved(_key, revision, branch));
    }

    public void OnRetried(StepFailure failure)
    {
        progress.Note("waits to enter again", failure.Step);
        telemetry.OnRetried(_key, failure.Step);
        _trace?.OnRetried(failure);
        events.Publish(new RunEvent.Retried(_key, failure.Step, failure.InRow, failure.RetryAfter, failure.Error));
    }

    public void OnParked(StepFailure failure)
    {
        telemetry.OnParked(_key, failure.Step);
        events.Publish(new RunEvent.Parked(_key, failure.Step, failure.InRow, failure.Error));
    }

    public void OnEnded(RunResult result)
    {
        _trace?.End(RunTelemetry.NameOf(result.Outcome), result.Error);
        events.Publish(new RunEvent.Ended(_key, result));
    }

    /// <summary>The run is gone; what it left open ends too.</summary>
    public void Close() => _trace?.End(
        RunTelemetry.NameOf(RunOutcome.Failed), new RunError("Crashed", "the run's actor stopped before the run ended"));

    public RunResult Result(RunOutcome outcome, RunError? error) =>
        new(_key, outcome, Revision, Durable, _statesRun.ToImmutable(), _resumedAt, error);
}
