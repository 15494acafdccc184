using RetainActors.Json;

namespace RetainActors.Runs;

/// <summary>How one call of a handler ended: with a result, or with an error.</summary>
internal sealed record StepOutcome(
    Timestamp StartedAt, Timestamp EndedAt, TimeSpan Duration, JsonMembers Notes, RetainContext? Context, Transition? Transition, string? Error)
{
    /// <summary>Whether the handler gave up because the run is being stopped.</summary>
    public bool WasCancelled { get; private init; }

    /// <summary>Calls a handler off the actor's thread. The task does not fault: what a handler throws is an outcome.</summary>
    public static Task<StepOutcome> RunAsync(StateDefinition state, StateScope scope, RetainContext context, TimeProvider time, CancellationToken stop) =>
        Task.Run(async () =>
        {
            var startedAt = Timestamp.From(time.GetUtcNow());
            var clock = time.GetTimestamp();
            StateResult? result = null;
            string? error = null;
            var cancelled = false;
            try
            {
                stop.ThrowIfCancellationRequested();
                result = await state.Handler(scope, context, stop).ConfigureAwait(false);
                error = result is null ? "the state returned no result" : Problem(result.Context);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                (cancelled, error) = (true, "stopped");
            }
            // A handler is the user's code: whatever it throws fails its step by name and is stored with the run.
            catch (Exception e)
            {
                error = $"{e.GetType().Name}: {e.Message}";
            }

            return new StepOutcome(
                startedAt, Timestamp.From(time.GetUtcNow()), time.GetElapsedTime(clock), scope.Notes, result?.Context, result?.Transition, error)
            {
                WasCancelled = cancelled,
            };
        }, CancellationToken.None);

    /// <summary>The step-log entry of this outcome, without an error.</summary>
    public StepLogEntry Entry(string step, int attempt) =>
        new(step, StartedAt, EndedAt, Math.Round(Duration.TotalMilliseconds, 3), Attempt: attempt) { Notes = Notes };

    private static string? Problem(RetainContext? context) =>
        context is null ? "the state returned no context"
        : ContextValidation.FirstProblem(context) is { } problem ? $"the state's context cannot be stored: {problem}"
        : null;
}
