using System.Diagnostics;
using RetainActors.Json;

namespace RetainActors.Runs;

/// <summary>How one call of a handler ended: with a result, or with an error.</summary>
internal sealed record StepOutcome(
    Timestamp StartedAt, Timestamp EndedAt, TimeSpan Duration, JsonMembers Notes, RetainContext? Context, Transition? Transition, string? Error)
{
    /// <summary>Whether the handler gave up because the run is being stopped.</summary>
    public bool WasCancelled { get; private init; }

    /// <summary>Whether the handler threw what its retry policy covers.</summary>
    public bool IsRetryable { get; init; }

    /// <summary>Calls a handler off the actor's thread. The task does not fault: what a handler throws is an outcome.</summary>
    /// <param name="state">The state.</param>
    /// <param name="scope">Its scope.</param>
    /// <param name="context">The context that it is entered with.</param>
    /// <param name="time">The clock.</param>
    /// <param name="timeout">How long the state may take, for the message when it took longer.</param>
    /// <param name="span">The current span of the handler; null when nobody listens.</param>
    /// <param name="stop">Cancelled when the run is being stopped.</param>
    /// <param name="end">The handler's token: cancelled then too, and when the state takes too long.</param>
    public static Task<StepOutcome> RunAsync(
        StateDefinition state, StateScope scope, RetainContext context, TimeProvider time, TimeSpan? timeout, Activity? span, CancellationToken stop,
        CancellationToken end) =>
        Task.Run(async () =>
        {
            if (span is not null) Activity.Current = span;
            var startedAt = Timestamp.From(time.GetUtcNow());
            var clock = time.GetTimestamp();
            StateResult? result = null;
            string? error = null;
            var (cancelled, retryable) = (false, false);
            try
            {
                stop.ThrowIfCancellationRequested();
                result = await state.Handler(scope, context, end).ConfigureAwait(false);
                error = result is null ? "the state returned no result" : Problem(result.Context);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                (cancelled, error) = (true, "stopped");
            }
            // A handler is the user's code: whatever it throws fails its step by name and is stored with the run.
            catch (Exception e)
            {
                var failure = e is OperationCanceledException && end.IsCancellationRequested
                    ? new TimeoutException(FormattableString.Invariant($"the state took longer than {timeout?.TotalSeconds} s"), e)
                    : e;
                error = $"{failure.GetType().Name}: {failure.Message}";
                retryable = state.Policy.Retry.Retries(failure);
            }

            return new StepOutcome(
                startedAt, Timestamp.From(time.GetUtcNow()), time.GetElapsedTime(clock), scope.Notes, result?.Context, result?.Transition, error)
            {
                WasCancelled = cancelled,
                IsRetryable = retryable,
            };
        }, CancellationToken.None);

    /// <summary>The end of a step whose handler goes on although its token is cancelled. It is not retried beside it.</summary>
    public static StepOutcome LeftBehind(Timestamp startedAt, long clock, RunEnvironment environment, TimeSpan? timeout, bool isStopping) => new(
        startedAt, Timestamp.From(environment.Time.GetUtcNow()), environment.Time.GetElapsedTime(clock), JsonMembers.Empty, null, null,
        FormattableString.Invariant(
            $"TimeoutException: the state took longer than {timeout?.TotalSeconds} s and went on for {environment.Settings.CancelGrace.TotalSeconds} s after its token was cancelled; it was left behind"))
    {
        WasCancelled = isStopping,
    };

    /// <summary>The step-log entry of this outcome, without an error.</summary>
    public StepLogEntry Entry(string step, int attempt) =>
        new(step, StartedAt, EndedAt, Math.Round(Duration.TotalMilliseconds, 3), Attempt: attempt) { Notes = Notes };

    private static string? Problem(RetainContext? context) =>
        context is null ? "the state returned no context"
        : ContextValidation.FirstProblem(context) is { } problem ? $"the state's context cannot be stored: {problem}"
        : null;
}
