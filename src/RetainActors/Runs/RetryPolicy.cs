namespace RetainActors.Runs;

/// <summary>
/// How often a state that threw is entered again within one attempt of its run, and how long the run waits in between.
/// Each failure is stored before the wait, so that a kill neither hides nor doubles it.
/// </summary>
public sealed record RetryPolicy
{
    /// <summary>No retry: the first failure ends the attempt.</summary>
    public static RetryPolicy None { get; } = new();

    /// <summary>How often the state is entered in one attempt, the first time included. At least 1, which is the default.</summary>
    public int MaxTries { get; init; } = 1;

    /// <summary>The wait after the first failure; each further one doubles it. Greater than zero; by default 1 s.</summary>
    public TimeSpan MinBackoff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait. At least <see cref="MinBackoff"/>; by default 60 s.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The share of each wait that is left to chance, so that runs that failed together do not come back together. 0 to 1; by default 0.2.</summary>
    public double Jitter { get; init; } = 0.2;

    /// <summary>
    /// Which exceptions are worth a retry; by default all. A state that took longer than its timeout is asked about with a
    /// <see cref="TimeoutException"/>. A state that decided <see cref="Transition.Failed"/> is never retried. Must not throw.
    /// </summary>
    public Func<Exception, bool> Retries { get; init; } = _ => true;

    internal Backoff Backoff => new(MinBackoff, MaxBackoff, Jitter);
}
