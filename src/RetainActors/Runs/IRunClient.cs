using System.Collections.Immutable;

namespace RetainActors.Runs;

/// <summary>Runs sources for code that is no actor.</summary>
public interface IRunClient
{
    /// <summary>
    /// Starts or resumes the run of a key and waits until it ends. A cancelled token stops the run after its current save:
    /// the result is then <see cref="RunOutcome.Stopped"/> and the checkpoint can be resumed. The task does not fault for
    /// expected failures; they are outcomes.
    /// </summary>
    Task<RunResult> RunAsync(
        CheckpointKey key, string text, TextChangePolicy policy = TextChangePolicy.Refuse, CancellationToken cancellationToken = default);
}

/// <summary>What a run does when the source text is not the one its checkpoint was made from.</summary>
public enum TextChangePolicy
{
    /// <summary>Refuse to run; nothing is written.</summary>
    Refuse,

    /// <summary>Start a fresh run from the first state.</summary>
    Restart,

    /// <summary>Go on from the checkpoint with the new text.</summary>
    Continue,
}

/// <summary>How a run ended.</summary>
public enum RunOutcome
{
    /// <summary>All states ran; the checkpoint is completed.</summary>
    Completed,

    /// <summary>The checkpoint was completed already; nothing ran.</summary>
    UpToDate,

    /// <summary>A state failed, or a save was refused; the checkpoint can be resumed.</summary>
    Failed,

    /// <summary>A state failed too often in a row; the run starts no more until it is unparked.</summary>
    Parked,

    /// <summary>The run was not allowed to start; nothing was written.</summary>
    Refused,

    /// <summary>A live run of the key exists already.</summary>
    AlreadyRunning,

    /// <summary>Another run claimed the key; this one stopped itself.</summary>
    Superseded,

    /// <summary>The run was stopped from outside; the checkpoint can be resumed.</summary>
    Stopped,
}

/// <summary>Why a run did not complete: a stable reason and a sentence for people.</summary>
public sealed record RunError(string Reason, string Detail);

/// <summary>The end of a run.</summary>
/// <param name="Key">The key.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Revision">The last acknowledged revision; 0 when there is none.</param>
/// <param name="Context">The last acknowledged context; null when there is none.</param>
/// <param name="StatesRun">The states and branches (<c>parallel:NAME</c>) that were left in this run, in order.</param>
/// <param name="ResumedAt">The state that a resumed run entered first; null for a fresh run.</param>
/// <param name="Error">Why it did not complete; null when it did.</param>
public sealed record RunResult(
    CheckpointKey Key,
    RunOutcome Outcome,
    long Revision,
    RetainContext? Context,
    ImmutableArray<string> StatesRun,
    string? ResumedAt = null,
    RunError? Error = null);
