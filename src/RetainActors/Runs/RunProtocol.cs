namespace RetainActors.Runs;

/// <summary>Messages of the run manager.</summary>
public static class RunProtocol
{
    /// <summary>
    /// Starts or resumes the run of a key. The asker gets <see cref="Started"/> or <see cref="Resumed"/> when states are
    /// about to run, and one <see cref="Ended"/> in every case.
    /// </summary>
    public sealed record StartRun(CheckpointKey Key, string Text, TextChangePolicy Policy = TextChangePolicy.Refuse);

    /// <summary>Stops the live run of a key after its current save; its asker gets <see cref="Ended"/>. Without one nothing happens.</summary>
    public sealed record StopRun(CheckpointKey Key);

    /// <summary>A fresh run owns the key under this epoch.</summary>
    public sealed record Started(CheckpointKey Key, long Epoch);

    /// <summary>The run owns the key under this epoch and goes on at <paramref name="State"/>.</summary>
    public sealed record Resumed(CheckpointKey Key, long Epoch, string State);

    /// <summary>The run ended.</summary>
    public sealed record Ended(RunResult Result);
}
