namespace RetainActors.Runs;

/// <summary>The rules of failing: pure. Failures are counted in the step log, so the count survives whatever the process does not.</summary>
internal static class FailureDecider
{
    /// <summary>Judges a failure of a step.</summary>
    /// <param name="before">The context with the step log up to this failure.</param>
    /// <param name="ended">The step and its outcome.</param>
    /// <param name="error">Why it failed.</param>
    /// <param name="environment">The settings of runs, and the table, since the log may hold former names.</param>
    /// <param name="chance">From 0 to 1, for the jitter of the wait.</param>
    public static StepFailure Judge(RetainContext before, StepEnded ended, string error, RunEnvironment environment, double chance)
    {
        var policy = ended.State.Policy;
        var failures = FailuresInRow(before, ended.Step, environment.Table).ToList();
        var (inRow, tries) = (failures.Count + 1, failures.Count(entry => entry.Attempt == before.Attempt) + 1);
        if (inRow >= (policy.ParkAfter ?? environment.Settings.ParkAfter)) return new StepFailure(ended.Step, error, CheckpointStatus.Parked, inRow, default);
        return ended.Outcome.IsRetryable && tries < policy.Retry.MaxTries
            ? new StepFailure(ended.Step, error, CheckpointStatus.Running, inRow, policy.Retry.Backoff.After(tries, chance))
            : new StepFailure(ended.Step, error, CheckpointStatus.Failed, inRow, default);
    }

    /// <summary>The failures of a step since it last succeeded or the run was unparked, newest first.</summary>
    private static IEnumerable<StepLogEntry> FailuresInRow(RetainContext context, string step, StateTable table) => context.StepLog
        .Reverse()
        .Where(entry => StepLogEntry.MapName(entry.State, table.NameOf) == step)
        .TakeWhile(entry => entry.Error is not null && entry.Attempt > context.UnparkedAfterAttempt);
}
