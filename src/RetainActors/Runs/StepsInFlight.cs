using Akka.Actor;
using Akka.Event;

namespace RetainActors.Runs;

/// <summary>A handler came to its end, or was left behind.</summary>
internal sealed record StepEnded(StateDefinition State, string Step, StepOutcome Outcome);

/// <summary>A failed step is to be entered again.</summary>
internal sealed record RetryDue(string Step) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

/// <summary>
/// The steps of one run whose handlers run: calls them off the actor's thread, cancels those that take too long, and
/// leaves behind those that do not end then either.
/// </summary>
internal sealed class StepsInFlight(
    IActorRef run, ITimerScheduler timers, RunEnvironment environment, RunProtocol.StartRun request, RunReport report)
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, InFlight> _steps = new(StringComparer.Ordinal);
    private StateScope? _scope;
    private bool _isFinishing;

    /// <summary>Whether no further step is to begin.</summary>
    public bool IsStopping => _isFinishing || _stop.IsCancellationRequested;

    /// <summary>Lets every handler come to its end.</summary>
    public void Finish() => _isFinishing = true;

    /// <summary>Cancels every handler, and leaves those behind that do not end then.</summary>
    public void Stop()
    {
        foreach (var flight in _steps.Values) AwaitEnd(flight);
        Cancel(_stop);
    }

    /// <summary>Cancels every handler when nobody waits for their ends any more. The source is not disposed under those that still run.</summary>
    public void Abandon() => Cancel(_stop);

    public void StartState(StateDefinition state, RetainContext context) => Start(state, state.Name, context);

    public void StartBranch(string branch, RetainContext context) =>
        Start(environment.Table.Definition(branch), StepLogEntry.BranchPrefix + branch, context);

    /// <summary>Sends <see cref="RetryDue"/> when a failed step is to be entered again.</summary>
    public void ScheduleRetry(StepFailure failure)
    {
        timers.StartSingleTimer("retry:" + failure.Step, new RetryDue(failure.Step), failure.RetryAfter);
        report.OnRetried(failure);
    }

    /// <summary>Judges the failure of a step whose log up to it is that of <paramref name="before"/>.</summary>
    public StepFailure Judge(RetainContext before, StepEnded ended, string error) =>
        FailureDecider.Judge(before, ended, error, environment, Random.Shared.NextDouble());

    /// <summary>
    /// What a message means to the run: <see cref="StepEnded"/> when it ends a step, null when it is none of its business,
    /// and the message itself when it is not about steps.
    /// </summary>
    public object? Read(object message) => message switch
    {
        Ended ended => Remove(ended.Flight) ? new StepEnded(ended.Flight.State, ended.Flight.Step, ended.Outcome) : null,
        Overdue { Flight: var flight } => OnOverdue(flight),
        _ => message,
    };

    private void Start(StateDefinition state, string step, RetainContext context)
    {
        var span = report.OnEntered(step);
        // The first scope makes the derived data that those of later steps share.
        var scope = _scope = _scope?.For(state.Name) ?? new StateScope(request.Key, request.Text, state.Name, report.Epoch, context.Attempt);
        var timeout = state.Policy.Timeout ?? environment.Settings.StateTimeout;
        var flight = new InFlight(state, step, CancellationTokenSource.CreateLinkedTokenSource(_stop.Token), timeout)
        {
            StartedAt = Timestamp.From(environment.Time.GetUtcNow()),
            Clock = environment.Time.GetTimestamp(),
        };
        _steps.Add(step, flight);
        if (timeout is { } limit) timers.StartSingleTimer(flight.TimerKey, new Overdue(flight), limit);
        StepOutcome.RunAsync(state, scope, context, environment.Time, timeout, span, _stop.Token, flight.End.Token)
            .ContinueWith(
                ended => run.Tell(ended.IsCompletedSuccessfully ? new Ended(flight, ended.Result) : new Status.Failure(ended.Exception)),
                TaskScheduler.Default);
    }

    private StepEnded? OnOverdue(InFlight flight)
    {
        if (!IsCurrent(flight)) return null;
        if (!flight.IsToEnd)
        {
            AwaitEnd(flight);
            Cancel(flight.End);
            return null;
        }

        _steps.Remove(flight.Step);
        return new StepEnded(flight.State, flight.Step, StepOutcome.LeftBehind(flight.StartedAt, flight.Clock, environment, flight.Timeout, _stop.IsCancellationRequested));
    }

    private void AwaitEnd(InFlight flight)
    {
        if (flight.IsToEnd) return;
        flight.IsToEnd = true;
        timers.StartSingleTimer(flight.TimerKey, new Overdue(flight), environment.Settings.CancelGrace);
    }

    private bool Remove(InFlight flight)
    {
        if (!IsCurrent(flight)) return false;
        _steps.Remove(flight.Step);
        timers.Cancel(flight.TimerKey);
        if (!flight.IsToEnd) flight.End.Dispose();
        return true;
    }

    /// <summary>Off the actor's thread, since what waits for a token is the user's code.</summary>
    private void Cancel(CancellationTokenSource source) => source.CancelAsync().ContinueWith(
        failed => run.Tell(new Status.Failure(failed.Exception)), CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

    private bool IsCurrent(InFlight flight) => _steps.TryGetValue(flight.Step, out var current) && ReferenceEquals(current, flight);

    /// <summary>A handler at work.</summary>
    private sealed class InFlight(StateDefinition state, string step, CancellationTokenSource end, TimeSpan? timeout)
    {
        public StateDefinition State { get; } = state;

        public string Step { get; } = step;

        /// <summary>The handler's token.</summary>
        public CancellationTokenSource End { get; } = end;

        public TimeSpan? Timeout { get; } = timeout;

        public required Timestamp StartedAt { get; init; }

        public required long Clock { get; init; }

        /// <summary>Whether its token is cancelled and its end is waited for no longer than the grace.</summary>
        public bool IsToEnd { get; set; }

        public string TimerKey => "overdue:" + Step;
    }

    private sealed record Ended(InFlight Flight, StepOutcome Outcome) : INoSerializationVerificationNeeded;

    private sealed record Overdue(InFlight Flight) : INoSerializationVerificationNeeded, IDeadLetterSuppression;
}
