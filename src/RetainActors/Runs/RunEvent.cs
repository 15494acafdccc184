namespace RetainActors.Runs;

/// <summary>Progress of runs, published on the actor system's event stream. A closed set.</summary>
public abstract record RunEvent(CheckpointKey Key)
{
    /// <summary>A state or branch (<c>parallel:NAME</c>) was entered.</summary>
    public sealed record StateEntered(CheckpointKey Key, string State) : RunEvent(Key);

    /// <summary>A state or branch was left; <paramref name="Error"/> is null when it succeeded.</summary>
    public sealed record StateLeft(CheckpointKey Key, string State, TimeSpan Duration, string? Error) : RunEvent(Key);

    /// <summary>A revision of the run's checkpoint became durable.</summary>
    public sealed record Saved(CheckpointKey Key, long Revision) : RunEvent(Key);

    /// <summary>The run ended.</summary>
    public sealed record Ended(CheckpointKey Key, RunResult Result) : RunEvent(Key);
}
