namespace RetainActors.Runs;

/// <summary>A failed step and what its failure leads to.</summary>
/// <param name="Step">The name in the step log.</param>
/// <param name="Error">Why it failed.</param>
/// <param name="Status">Running: the step is entered again; failed or parked: the attempt ends.</param>
/// <param name="InRow">How often the step has failed in a row, this time included.</param>
/// <param name="RetryAfter">How long to wait before the step is entered again.</param>
internal sealed record StepFailure(string Step, string Error, CheckpointStatus Status, int InRow, TimeSpan RetryAfter)
{
    public bool IsRetried => Status == CheckpointStatus.Running;
}
