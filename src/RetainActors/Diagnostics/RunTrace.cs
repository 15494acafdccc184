using System.Diagnostics;
using RetainActors.Runs;

namespace RetainActors.Diagnostics;

/// <summary>The spans of one run: its own, and one for each time that a state or branch is entered.</summary>
internal sealed class RunTrace
{
    private readonly CheckpointKey _key;
    private readonly ActivityContext _caller;
    private readonly Activity? _run;
    private readonly Dictionary<string, Activity> _steps = new(StringComparer.Ordinal);
    private string _state = "";

    private RunTrace(RunProtocol.StartRun request)
    {
        (_key, _caller) = (request.Key, request.Trace);
        _run = Spans.Start("run", _caller, _key);
    }

    /// <summary>Null when nobody listens.</summary>
    public static RunTrace? Start(RunProtocol.StartRun request) => Spans.AreHeard ? new RunTrace(request) : null;

    /// <summary>What a save hangs under: the branch that it stores, else the last state, else the run.</summary>
    public ActivityContext ContextFor(string? branch) =>
        _steps.TryGetValue(branch is null ? _state : StepLogEntry.BranchPrefix + branch, out var step) ? step.Context : OfRun;

    public void OnStarted(long epoch, string? resumedAt) => _run?.SetTag("retain.epoch", epoch).SetTag("retain.run.resumed_at", resumedAt);

    /// <summary>A step was entered; its handler runs under the span.</summary>
    public Activity? Enter(string step)
    {
        var isBranch = step.StartsWith(StepLogEntry.BranchPrefix, StringComparison.Ordinal);
        if (!isBranch) _state = step;
        var span = Spans.Start(isBranch ? "run.branch" : "run.state", OfRun, _key)?.SetTag(Instruments.StateTag, step);
        if (span is null) _steps.Remove(step);
        else _steps[step] = span;
        return span;
    }

    public void Leave(string step, string? error)
    {
        if (_steps.TryGetValue(step, out var span)) Spans.End(span.SetTag(Instruments.OutcomeTag, Instruments.OfStep(error is null)), error);
    }

    public void OnRetried(StepFailure failure) => _run?.AddEvent(new ActivityEvent(
        "retried", tags: new ActivityTagsCollection { [Instruments.StateTag] = failure.Step, ["failures"] = failure.InRow }));

    /// <summary>Ends what is open; once.</summary>
    /// <param name="outcome">How the run ended.</param>
    /// <param name="error">Null when it did what was asked of it.</param>
    public void End(string outcome, RunError? error)
    {
        foreach (var step in _steps.Values.Where(step => !step.IsStopped)) Spans.End(step.SetTag(Instruments.OutcomeTag, outcome));
        if (_run is not { IsStopped: false } run) return;
        run.SetTag(Instruments.OutcomeTag, outcome);
        if (error is not null) run.SetTag(Instruments.ReasonTag, error.Reason);
        Spans.End(run, error?.Detail);
    }

    /// <summary>A run that is not sampled hands on what it was given.</summary>
    private ActivityContext OfRun => _run?.Context ?? _caller;
}
