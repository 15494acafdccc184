namespace RetainActors.Runs;

/// <summary>
/// Progress of runs, published on the actor system's event stream: for each key in the order it happened. What an event
/// calls saved or retried is durable already. A closed set.
/// </summary>
public abstract record RunEvent(CheckpointKey Key)
{
    /// <summary>The run owns the key under this epoch and is about to enter states; <paramref name="ResumedAt"/> is null for a fresh run.</summary>
    public sealed record Started(CheckpointKey Key, long Epoch, string? ResumedAt) : RunEvent(Key);

    /// <summary>A state or branch (<c>parallel:NAME</c>) was entered.</summary>
    public sealed record StateEntered(CheckpointKey Key, string State) : RunEvent(Key);

    /// <summary>A state or branch was left; <paramref name="Error"/> is null when it succeeded.</summary>
    public sealed record StateLeft(CheckpointKey Key, string State, TimeSpan Duration, string? Error) : RunEvent(Key);

    /// <summary>A revision of the run's checkpoint became durable; with the result of <paramref name="Branch"/>, or with the whole context when that is null.</summary>
    public sealed record Saved(CheckpointKey Key, long Revision, string? Branch = null) : RunEvent(Key);

    /// <summary>A state or branch failed and is entered again after a wait.</summary>
    /// <param name="Key">The key.</param>
    /// <param name="State">The state, or <c>parallel:NAME</c>.</param>
    /// <param name="Failures">How often it has failed in a row, over attempts too.</param>
    /// <param name="After">The wait.</param>
    /// <param name="Error">The failure.</param>
    public sealed record Retried(CheckpointKey Key, string State, int Failures, TimeSpan After, string Error) : RunEvent(Key);

    /// <summary>A state or branch failed too often in a row; its run ends and waits until it is unparked.</summary>
    public sealed record Parked(CheckpointKey Key, string State, int Failures, string Error) : RunEvent(Key);

    /// <summary>The run ended.</summary>
    public sealed record Ended(CheckpointKey Key, RunResult Result) : RunEvent(Key);
}
