using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json.Serialization;

namespace RetainActors.Checkpoints;

/// <summary>A message about one key.</summary>
public interface IWithCheckpointKey
{
    /// <summary>The key.</summary>
    CheckpointKey Key { get; }
}

/// <summary>A request to the checkpoint of a key. Tell it to <see cref="RetainCheckpoints.Client"/>; every request gets one reply.</summary>
public interface ICheckpointCommand : IWithCheckpointKey
{
    /// <summary>What the spans of the request hang under; the default when nothing traces it. It is no part of the request and not stored.</summary>
    ActivityContext Trace { get; }
}

/// <summary>What every request has beside its own.</summary>
public abstract record CheckpointCommand
{
    private protected CheckpointCommand()
    {
    }

    /// <summary>
    /// What the spans of the request hang under. An actor sets it, since <see cref="Activity.Current"/> does not cross a mailbox; code
    /// that is no actor has it set by <see cref="ICheckpointClient"/>.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ActivityContext Trace { get; init; }

    internal static ICheckpointCommand Under(ICheckpointCommand command, ActivityContext trace) =>
        command is CheckpointCommand traced && traced.Trace != trace ? (ICheckpointCommand)(traced with { Trace = trace }) : command;
}

/// <summary>
/// A request that stores a revision of a checkpoint: answered by <see cref="CheckpointProtocol.Saved"/>,
/// <see cref="CheckpointProtocol.SaveRefused"/> or <see cref="CheckpointProtocol.SaveUnknown"/>.
/// </summary>
public interface ISaveCommand : ICheckpointCommand
{
    /// <summary>Makes the request repeatable: the ids of the last 64 accepted requests of a key are known, over restarts too.</summary>
    Guid? SaveId { get; }
}

/// <summary>A reply about the checkpoint of a key.</summary>
public interface ICheckpointReply : IWithCheckpointKey;

/// <summary>Why a save or a claim was surely not stored.</summary>
public enum RefuseReason
{
    /// <summary>The key is at another revision than expected.</summary>
    Conflict,

    /// <summary>A newer run owns the key, or a run owns it and the save names none.</summary>
    StaleEpoch,

    /// <summary>The encoded record is larger than <c>retain.checkpoint.max-record-size</c>.</summary>
    TooLarge,

    /// <summary>Too many requests wait for this key; send it again later.</summary>
    Busy,

    /// <summary>The request contradicts itself or what is stored; sending it again does not help.</summary>
    Invalid,

    /// <summary>The stored checkpoint cannot be read, so nothing is written over it.</summary>
    Unreadable,

    /// <summary>The journal did not take it.</summary>
    Failed,
}

/// <summary>All messages of a checkpoint.</summary>
public static class CheckpointProtocol
{
    /// <summary>
    /// Saves a context: answered by <see cref="Saved"/>, <see cref="SaveRefused"/> or <see cref="SaveUnknown"/>.
    /// </summary>
    /// <param name="Context">What to store; its key is the key that is saved.</param>
    /// <param name="SaveId">Makes the save repeatable: the ids of the last 64 accepted requests of a key are known, over restarts too.</param>
    /// <param name="ExpectedRevision">Refuse with <see cref="RefuseReason.Conflict"/> unless the key is at this revision; 0 means that it must not exist.</param>
    /// <param name="Epoch">The epoch that the run claimed; without one the save is accepted only while no claimed run is unfinished.</param>
    public sealed record Save(RetainContext Context, Guid? SaveId = null, long? ExpectedRevision = null, long? Epoch = null) : CheckpointCommand, ISaveCommand
    {
        /// <inheritdoc/>
        public CheckpointKey Key => Context.Key;
    }

    /// <summary>Saves the result of one finished branch of a fork; answered like a <see cref="Save"/>.</summary>
    /// <param name="Key">The key.</param>
    /// <param name="Epoch">The epoch that the run claimed.</param>
    /// <param name="ForkState">The fork, which is the completed state of the stored context.</param>
    /// <param name="Visit">How often the fork was left with success, as the stored context counts it.</param>
    /// <param name="Branch">The branch.</param>
    /// <param name="Delta">What the branch changed of the context that the fork was left with.</param>
    /// <param name="SaveId">Makes the save repeatable.</param>
    public sealed record SaveBranch(
        CheckpointKey Key, long Epoch, string ForkState, int Visit, string Branch, ContextDelta Delta, Guid SaveId) : CheckpointCommand, ISaveCommand
    {
        Guid? ISaveCommand.SaveId => SaveId;
    }

    /// <summary>
    /// Makes an earlier revision the checkpoint again, as a new revision: nothing that is stored is rewritten. Fences every
    /// earlier owner out, and heals a damaged checkpoint. An id makes it repeatable.
    /// </summary>
    /// <param name="Key">The key.</param>
    /// <param name="Revision">The revision to go back to; refused with <see cref="RefuseReason.Invalid"/> when it is not stored.</param>
    /// <param name="SaveId">Makes the request repeatable.</param>
    public sealed record Rewind(CheckpointKey Key, long Revision, Guid? SaveId = null) : CheckpointCommand, ISaveCommand;

    /// <summary>
    /// Stores a copy of another key's checkpoint, open branches included, as a new revision of this key. The other key is not
    /// changed. Fences every earlier owner of this key out.
    /// </summary>
    /// <param name="From">The key to copy from; refused with <see cref="RefuseReason.Invalid"/> when there is nothing to copy.</param>
    /// <param name="Key">The key to copy to.</param>
    /// <param name="Revision">The revision to copy; null for the latest.</param>
    /// <param name="SaveId">Makes the request repeatable.</param>
    /// <param name="ExpectedRevision">Where the key to copy to must be; 0, the default, means that it must not exist.</param>
    public sealed record Copy(
        CheckpointKey From, CheckpointKey Key, long? Revision = null, Guid? SaveId = null, long ExpectedRevision = 0) : CheckpointCommand, ISaveCommand;

    /// <summary>
    /// Loads a checkpoint: <see cref="Loaded"/>, <see cref="NotFound"/>, <see cref="Corrupt"/>, <see cref="TooNew"/> or
    /// <see cref="Unavailable"/>.
    /// </summary>
    /// <param name="Key">The key.</param>
    /// <param name="Revision">The revision to load, as it was then; null for the latest. One that is not stored is <see cref="NotFound"/>.</param>
    public sealed record Load(CheckpointKey Key, long? Revision = null) : CheckpointCommand, ICheckpointCommand;

    /// <summary>Lists the stored revisions of a key since it was last deleted, newest first: <see cref="HistoryPage"/> or <see cref="Unavailable"/>.</summary>
    /// <param name="Key">The key.</param>
    /// <param name="Before">Only revisions below this one; null to begin with the newest.</param>
    /// <param name="Limit">The most revisions to list, from 1 to <see cref="MaxLimit"/>; what is outside is taken as the nearest.</param>
    public sealed record History(CheckpointKey Key, long? Before = null, int Limit = 100) : CheckpointCommand, ICheckpointCommand
    {
        /// <summary>The largest page.</summary>
        public const int MaxLimit = 1000;
    }

    /// <summary>
    /// Applies the retention of <c>retain.checkpoint.retention</c> now: <see cref="Pruned"/> or <see cref="Unavailable"/>. What is
    /// due is also applied by itself, after saves and when the key comes into memory.
    /// </summary>
    /// <param name="Key">The key.</param>
    /// <param name="DryRun">Says what would be done, and does nothing.</param>
    public sealed record Prune(CheckpointKey Key, bool DryRun = false) : CheckpointCommand, ICheckpointCommand;

    /// <summary>Deletes the checkpoint and fences every earlier owner out: <see cref="Deleted"/> or <see cref="Unavailable"/>. Can be repeated.</summary>
    /// <param name="Key">The key.</param>
    /// <param name="DeleteId">A repetition under the same id gets the first answer again, <see cref="Deleted.Existed"/> included.</param>
    public sealed record Delete(CheckpointKey Key, Guid? DeleteId = null) : CheckpointCommand, ICheckpointCommand;

    /// <summary>Makes the sender's run the owner of the key: <see cref="Claimed"/>, <see cref="ClaimRefused"/> or <see cref="Unavailable"/>.</summary>
    /// <param name="Key">The key.</param>
    /// <param name="ClaimId">A repetition under the same id gets the same epoch again, whoever claimed since.</param>
    public sealed record Claim(CheckpointKey Key, Guid? ClaimId = null) : CheckpointCommand, ICheckpointCommand;

    /// <summary>Asks whether a save landed: <see cref="Saved"/>, <see cref="SaveNotFound"/> or <see cref="Unavailable"/>.</summary>
    public sealed record SaveStatus(CheckpointKey Key, Guid SaveId) : CheckpointCommand, ICheckpointCommand;

    /// <summary>The save is durable under this revision, by this request or by an earlier one of the same save id.</summary>
    public sealed record Saved(CheckpointKey Key, long Revision) : ICheckpointReply;

    /// <summary>The save was surely not stored.</summary>
    public sealed record SaveRefused(CheckpointKey Key, RefuseReason Reason, string Detail) : ICheckpointReply;

    /// <summary>The save may have landed: send it again with the same save id, or ask <see cref="SaveStatus"/>.</summary>
    public sealed record SaveUnknown(CheckpointKey Key, Guid? SaveId, string Detail) : ICheckpointReply;

    /// <summary>No save of this id is among the last 64 accepted requests of the key.</summary>
    public sealed record SaveNotFound(CheckpointKey Key, Guid SaveId) : ICheckpointReply;

    /// <summary>The latest durable checkpoint.</summary>
    /// <param name="Key">The key.</param>
    /// <param name="Revision">Revision of the key's last record, of any kind.</param>
    /// <param name="Epoch">Epoch of the run that owns the key; 0 before the first claim.</param>
    /// <param name="Context">The context.</param>
    /// <param name="SavedAt">When it was saved, by the clock of the node that saved it.</param>
    /// <param name="Branches">Finished branches of the fork that the context completed, oldest first.</param>
    public sealed record Loaded(
        CheckpointKey Key, long Revision, long Epoch, RetainContext Context, Timestamp SavedAt, ImmutableArray<BranchResult> Branches) : ICheckpointReply;

    /// <summary>The key has no checkpoint.</summary>
    public sealed record NotFound(CheckpointKey Key) : ICheckpointReply;

    /// <summary>The stored checkpoint is damaged. It is never reported as missing.</summary>
    /// <param name="Key">The key.</param>
    /// <param name="Detail">What is damaged.</param>
    /// <param name="LastGoodRevision">The newest revision that can still be read; null when none is known.</param>
    public sealed record Corrupt(CheckpointKey Key, string Detail, long? LastGoodRevision) : ICheckpointReply;

    /// <summary>The checkpoint was written by a newer version of this library; it is left as it is.</summary>
    public sealed record TooNew(CheckpointKey Key, int SchemaVersion) : ICheckpointReply;

    /// <summary>A page of a key's history, newest first; empty when the key has none.</summary>
    /// <param name="Key">The key.</param>
    /// <param name="Revisions">The revisions.</param>
    /// <param name="Before">The cursor of the next page; null when this is the last.</param>
    public sealed record HistoryPage(CheckpointKey Key, ImmutableArray<RevisionInfo> Revisions, long? Before) : ICheckpointReply;

    /// <summary>What retention did, or would do.</summary>
    /// <param name="Key">The key.</param>
    /// <param name="Expired">The checkpoint is deleted, since its time after success is over.</param>
    /// <param name="FirstKept">The oldest revision that stays; null when the key has none.</param>
    /// <param name="Removed">Upper bound of the number of revisions removed.</param>
    public sealed record Pruned(CheckpointKey Key, bool Expired, long? FirstKept, long Removed) : ICheckpointReply;

    /// <summary>The checkpoint is gone; <paramref name="Existed"/> says whether there was one.</summary>
    public sealed record Deleted(CheckpointKey Key, long Revision, bool Existed) : ICheckpointReply;

    /// <summary>The sender's run owns the key: saves of every older epoch are refused from now on.</summary>
    public sealed record Claimed(CheckpointKey Key, long Epoch, long Revision) : ICheckpointReply;

    /// <summary>The claim was surely not stored.</summary>
    public sealed record ClaimRefused(CheckpointKey Key, RefuseReason Reason, string Detail) : ICheckpointReply;

    /// <summary>Nothing can be said now: the journal failed or did not answer in time. The request can be sent again.</summary>
    /// <param name="Key">The key.</param>
    /// <param name="Reason">Stable name of the failure, such as <c>JournalPoisoned</c> or <c>DeadlineExceeded</c>.</param>
    /// <param name="Detail">A sentence for people.</param>
    public sealed record Unavailable(CheckpointKey Key, string Reason, string Detail) : ICheckpointReply;
}

/// <summary>What made a revision.</summary>
public enum RevisionKind
{
    /// <summary>A save.</summary>
    [JsonStringEnumMemberName("save")]
    Save,

    /// <summary>A finished branch.</summary>
    [JsonStringEnumMemberName("branch")]
    Branch,

    /// <summary>A claim.</summary>
    [JsonStringEnumMemberName("claim")]
    Claim,

    /// <summary>A rewind.</summary>
    [JsonStringEnumMemberName("rewind")]
    Rewind,

    /// <summary>A copy of another key.</summary>
    [JsonStringEnumMemberName("copy")]
    Copy,

    /// <summary>A record that cannot be read.</summary>
    [JsonStringEnumMemberName("unreadable")]
    Unreadable,
}

/// <summary>One stored revision of a key, without its content.</summary>
/// <param name="Revision">The revision.</param>
/// <param name="Kind">What made it.</param>
/// <param name="Epoch">The epoch that it was stored under.</param>
/// <param name="SavedAt">When, by the clock of the node that stored it; null when that cannot be read.</param>
/// <param name="Status">Where the run stood.</param>
/// <param name="CompletedState">The last state left with success.</param>
/// <param name="NextState">The state that a resume enters.</param>
/// <param name="Branch">For a branch: its name.</param>
/// <param name="RewoundTo">For a rewind: the revision that it brought back.</param>
/// <param name="CopiedFrom">For a copy: where it came from.</param>
/// <param name="Bytes">Size of the stored record.</param>
/// <param name="Problem">What is wrong with a record that cannot be read.</param>
public sealed record RevisionInfo(
    long Revision,
    RevisionKind Kind,
    long Epoch,
    Timestamp? SavedAt,
    CheckpointStatus? Status = null,
    string? CompletedState = null,
    string? NextState = null,
    string? Branch = null,
    long? RewoundTo = null,
    CopyOrigin? CopiedFrom = null,
    int Bytes = 0,
    string? Problem = null);

/// <summary>A finished branch of an open fork.</summary>
/// <param name="ForkState">The fork.</param>
/// <param name="Visit">Which visit of the fork the branch belongs to.</param>
/// <param name="Branch">The branch.</param>
/// <param name="Delta">What it changed.</param>
/// <param name="Revision">The revision that made it durable.</param>
public sealed record BranchResult(string ForkState, int Visit, string Branch, ContextDelta Delta, long Revision);
