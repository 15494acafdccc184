using System.Diagnostics;

namespace RetainActors.Runs;

/// <summary>Messages of the run manager.</summary>
public static class RunProtocol
{
    /// <summary>
    /// Starts or resumes the run of a key, or has it wait for its turn while <c>retain.run.max-live-runs</c> are live. The asker gets <see cref="Started"/> or <see cref="Resumed"/> when states are
    /// about to run, and one <see cref="Ended"/> in every case.
    /// </summary>
    /// <param name="Key">The key.</param>
    /// <param name="Text">The source text.</param>
    /// <param name="OnTextChange">What to do when the checkpoint was made from another text.</param>
    /// <param name="OnTableChange">What to do when the checkpoint was made with another state table.</param>
    /// <param name="ReferenceDate">The date that the source speaks from; a resumed run keeps the one it was started with.</param>
    public sealed record StartRun(
        CheckpointKey Key, string Text, ChangePolicy OnTextChange = ChangePolicy.Refuse, ChangePolicy OnTableChange = ChangePolicy.Refuse,
        Timestamp? ReferenceDate = null)
    {
        /// <summary>What the spans of the run hang under; an actor sets it, <see cref="IRunClient"/> does so by itself.</summary>
        public ActivityContext Trace { get; init; }
    }

    /// <summary>
    /// Stops the run of a key, after its current save when it is live; its asker gets <see cref="Ended"/>. Without one nothing
    /// happens.
    /// </summary>
    /// <param name="Key">The key.</param>
    /// <param name="Finishes">Whether the states that run come to their end and are saved first; otherwise they are cancelled, and run again when it is resumed.</param>
    public sealed record StopRun(CheckpointKey Key, bool Finishes = false);

    /// <summary>Lets a parked run start again, its failures forgotten; answered by <see cref="Unparked"/>. Starts nothing.</summary>
    public sealed record Unpark(CheckpointKey Key);

    /// <summary>The answer to <see cref="Unpark"/>.</summary>
    public sealed record Unparked(UnparkResult Result);

    /// <summary>A fresh run owns the key under this epoch.</summary>
    public sealed record Started(CheckpointKey Key, long Epoch);

    /// <summary>The run owns the key under this epoch and goes on at <paramref name="State"/>.</summary>
    public sealed record Resumed(CheckpointKey Key, long Epoch, string State);

    /// <summary>The run ended.</summary>
    public sealed record Ended(RunResult Result);
}
