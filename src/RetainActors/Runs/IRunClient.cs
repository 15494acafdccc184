using System.Collections.Immutable;
using RetainActors.Checkpoints;

namespace RetainActors.Runs;

/// <summary>Runs sources for code that is no actor.</summary>
public interface IRunClient
{
    /// <summary>
    /// Starts or resumes the run of a key and waits until it ends. A cancelled token stops the run after its current save:
    /// the result is then <see cref="RunOutcome.Stopped"/> and the checkpoint can be resumed. The task does not fault for
    /// expected failures; they are outcomes.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="text">The source text.</param>
    /// <param name="onTextChange">What to do when the checkpoint was made from another text.</param>
    /// <param name="onTableChange">What to do when the checkpoint was made with another state table.</param>
    /// <param name="referenceDate">The date that the source speaks from; a resumed run keeps the one it was started with.</param>
    /// <param name="cancellationToken">Stops the run: the states that run are cancelled, and run again when it is resumed.</param>
    /// <param name="finishToken">Stops the run as soon as the states that run have come to their end and are saved, so that none of them runs again.</param>
    Task<RunResult> RunAsync(
        CheckpointKey key, string text, ChangePolicy onTextChange = ChangePolicy.Refuse, ChangePolicy onTableChange = ChangePolicy.Refuse,
        Timestamp? referenceDate = null, CancellationToken cancellationToken = default, CancellationToken finishToken = default);

    /// <summary>Lets a parked run start again, its failures forgotten. Starts nothing. The task does not fault for expected failures.</summary>
    Task<UnparkResult> UnparkAsync(CheckpointKey key, CancellationToken cancellationToken = default);

    /// <summary>
    /// Resumes what a dead process left: every checkpoint that says that a run is on its way, whatever its bank. Waits until each
    /// run has ended; the results are in no order. A run that lives in this process is <see cref="RunOutcome.AlreadyRunning"/>, a
    /// source without text is <see cref="RunOutcome.Refused"/>. Failed and parked runs are left as they are.
    /// </summary>
    /// <param name="texts">Gives the source texts, which checkpoints do not store; asked for as many at once as runs may be live.</param>
    /// <param name="onTextChange">What to do when a checkpoint was made from another text.</param>
    /// <param name="onTableChange">What to do when a checkpoint was made with another state table.</param>
    /// <param name="cancellationToken">Stops the runs, and resumes no further one.</param>
    /// <exception cref="ListRefusedException">The checkpoints cannot be listed, as when no read journal is configured.</exception>
    Task<ImmutableArray<RunResult>> ResumeUnfinishedAsync(
        ISourceTexts texts, ChangePolicy onTextChange = ChangePolicy.Refuse, ChangePolicy onTableChange = ChangePolicy.Refuse,
        CancellationToken cancellationToken = default);
}

/// <summary>What a run does when the source text, or the state table, is not the one its checkpoint was made with.</summary>
public enum ChangePolicy
{
    /// <summary>Refuse to run and say what differs; nothing is written. The result of a completed run is given whatever became of the table.</summary>
    Refuse,

    /// <summary>Start a fresh run from the first state.</summary>
    Restart,

    /// <summary>Go on from the checkpoint with the new text or table.</summary>
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
    RunError? Error = null)
{
    /// <summary>A run that ended before it had a checkpoint to tell of.</summary>
    internal static RunResult Without(CheckpointKey key, RunOutcome outcome, string reason, string detail) =>
        new(key, outcome, Revision: 0, Context: null, StatesRun: [], Error: new RunError(reason, detail));

    /// <summary>A run that was stopped before it had a checkpoint to tell of.</summary>
    internal static RunResult Stopped(CheckpointKey key, string detail) => Without(key, RunOutcome.Stopped, nameof(RunOutcome.Stopped), detail);
}
