namespace RetainActors.Runs;

/// <summary>What a run does when a state fails or takes long.</summary>
public sealed record StatePolicy
{
    /// <summary>No retry; the rest as <c>retain.run</c> says.</summary>
    public static StatePolicy Default { get; } = new();

    /// <summary>Whether and when the state is entered again within the attempt.</summary>
    public RetryPolicy Retry { get; init; } = RetryPolicy.None;

    /// <summary>
    /// How long the state may take before its token is cancelled. Greater than zero; null: <c>retain.run.state-timeout</c>.
    /// A result that comes all the same counts. A state that has not ended <c>retain.run.cancel-grace</c> later is left
    /// behind and fails.
    /// </summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>After how many failures in a row, over retries and attempts, the run is parked. At least 1; null: <c>retain.run.park-after</c>.</summary>
    public int? ParkAfter { get; init; }

    /// <summary>What is wrong with this policy; null when nothing is.</summary>
    internal string? Problem =>
        Retry.MaxTries < 1 ? $"MaxTries is {Retry.MaxTries}; at least 1"
        : Retry.MinBackoff <= TimeSpan.Zero ? $"MinBackoff is {Retry.MinBackoff}; greater than zero"
        : Retry.MaxBackoff < Retry.MinBackoff ? $"MaxBackoff is {Retry.MaxBackoff}; at least MinBackoff, {Retry.MinBackoff}"
        : Retry.Jitter is not (>= 0 and <= 1) ? $"Jitter is {Retry.Jitter}; 0 to 1"
        : Retry.Retries is null ? "Retries is null"
        : Timeout <= TimeSpan.Zero ? $"Timeout is {Timeout}; greater than zero"
        : ParkAfter < 1 ? $"ParkAfter is {ParkAfter}; at least 1"
        : null;
}
