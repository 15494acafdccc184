using RetainActors.Json;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Checkpoints;

/// <summary>The rules of a checkpoint: pure, no clock, no I/O. What needs earlier records stands in <see cref="PastDecider"/>.</summary>
internal static class CheckpointDecider
{
    /// <summary>Decides one request against the state that it meets.</summary>
    public static Decision Decide(CheckpointState state, ICheckpointCommand command, DecisionInputs inputs) => command switch
    {
        Save save => DecideSave(state, save, inputs),
        SaveBranch save => DecideSaveBranch(state, save, inputs),
        // What has expired counts as deleted; that is made durable when somebody looks.
        Load when inputs.Retention.IsOver(state, inputs.Now) => StoreTombstone(state, deleteId: null, new NotFound(state.Key), inputs),
        Load { Revision: { } revision } when revision != state.Revision => PastDecider.DecideLoad(state, revision, inputs),
        Load => new Decision.Answer(Read(state)),
        Delete delete => DecideDelete(state, delete, inputs),
        Claim claim => DecideClaim(state, claim, inputs),
        SaveStatus status => new Decision.Answer(
            state.RecentRequests.Find(status.SaveId) is { Reply: Saved saved } ? saved : new SaveNotFound(state.Key, status.SaveId)),
        History history => PastDecider.DecideHistory(state, history, inputs),
        Rewind rewind => PastDecider.DecideRewind(state, rewind, inputs),
        Copy copy => PastDecider.DecideCopy(state, copy, inputs),
        Prune prune => DecidePrune(state, prune, inputs),
        _ => throw new ArgumentException($"{command.GetType().Name} is no request of a checkpoint.", nameof(command)),
    };

    private static Decision DecideSave(CheckpointState state, Save save, DecisionInputs inputs)
    {
        if (ContextValidation.FirstProblem(save.Context) is { } problem) return Refuse(state, RefuseReason.Invalid, problem);
        using var scratch = JsonScratch.Rent();
        ContextJson.Write(scratch.Writer, save.Context);
        var content = scratch.Written;
        var digest = ContentDigest.Of(content);
        if ((Repeated(state, save.SaveId, digest) ?? Unreadable(state) ?? Fence(state, save.Epoch) ?? Conflict(state, save.ExpectedRevision)) is { } answer)
            return answer;
        // Of the whole context, so that a delta lets nothing grow beyond what a base could hold.
        if (content.Length > inputs.MaxRecordSizeBytes) return TooLarge(state, content.Length, inputs);
        var header = Header(state, RecordKind.Save, inputs, save.Context, save.SaveId, save.SaveId is null ? null : digest);

        var record = state.Context is { } before && !state.Stored.IsBaseDue ? Delta(header, before, save.Context, content.Length) : null;
        if (record is null)
        {
            var whole = state.BaseWith(save.Context);
            record = whole.ToRecord(header, content);
            if (record.Size <= inputs.MaxBaseSizeBytes)
                return new Decision.Accept(record, state.AfterBase(record, inputs.Revision, whole), new Saved(state.Key, inputs.Revision));
            if (state.Context is null) return TooLarge(state, record.Size, inputs);
            record = Delta(header, state.Context, save.Context, int.MaxValue)!;
        }

        return record.Size <= inputs.MaxRecordSizeBytes
            ? new Decision.Accept(record, state.AfterSave(record, inputs.Revision, save.Context), new Saved(state.Key, inputs.Revision))
            : TooLarge(state, record.Size, inputs);
    }

    private static Decision DecideSaveBranch(CheckpointState state, SaveBranch save, DecisionInputs inputs)
    {
        if (ContextValidation.FirstProblem(save) is { } wrong) return Refuse(state, RefuseReason.Invalid, wrong);
        var body = CheckpointState.EncodeDelta(save.Delta);
        var digest = ContentDigest.Of(body);
        if ((Repeated(state, save.SaveId, digest) ?? Unreadable(state) ?? Fence(state, save.Epoch)) is { } answer) return answer;
        if (state.Context?.CompletedState != save.ForkState || state.Context.VisitsOf(save.ForkState) != save.Visit)
            return Refuse(state, RefuseReason.Invalid, $"visit {save.Visit} of fork {save.ForkState} is not open");
        if (state.Branches.FirstOrDefault(branch => branch.Branch == save.Branch) is { } stored)
            return stored.Delta.Equals(save.Delta)
                ? new Decision.Answer(new Saved(state.Key, stored.Revision))
                : Refuse(state, RefuseReason.Conflict, $"branch {save.Branch} is stored already, at revision {stored.Revision}");

        // What cannot be merged must not be acknowledged: every resume would end on it.
        if (ContextJson.Changed(state.Context, body, out var problem) is null) return Refuse(state, RefuseReason.Invalid, problem!);

        var header = Header(state, RecordKind.Branch, inputs, state.Context, save.SaveId, digest) with
        {
            Fork = save.ForkState, Visit = save.Visit, Branch = save.Branch,
        };
        var record = CheckpointRecord.Of(header, body);
        return record.Size <= inputs.MaxRecordSizeBytes
            ? new Decision.Accept(record, state.AfterBranch(record, inputs.Revision, save.Delta), new Saved(state.Key, inputs.Revision))
            : TooLarge(state, record.Size, inputs);
    }

    private static Decision DecideClaim(CheckpointState state, Claim claim, DecisionInputs inputs)
    {
        if (Answered<Claimed>(state, claim.ClaimId) is { } earlier) return earlier;
        if (state.Damage is { } damage) return new Decision.Answer(new ClaimRefused(state.Key, RefuseReason.Unreadable, damage.Detail));
        var header = Header(state, RecordKind.Claim, inputs, state.Context, claim.ClaimId) with { Epoch = state.Epoch + 1 };
        var record = CheckpointRecord.Of(header, body: default);
        return new Decision.Accept(record, state.AfterClaim(record, inputs.Revision), new Claimed(state.Key, header.Epoch, inputs.Revision));
    }

    private static Decision DecideDelete(CheckpointState state, Delete delete, DecisionInputs inputs)
    {
        if (Answered<Deleted>(state, delete.DeleteId) is { } earlier) return earlier;
        // Without a checkpoint and without an owner to fence out there is nothing to write, for unknown keys above all.
        return state.Exists || state.ClaimOpen
            ? StoreTombstone(state, delete.DeleteId, new Deleted(state.Key, inputs.Revision, state.Exists), inputs)
            : new Decision.Answer(new Deleted(state.Key, state.Revision, Existed: false));
    }

    private static Decision DecidePrune(CheckpointState state, Prune prune, DecisionInputs inputs)
    {
        if (inputs.Retention.IsOver(state, inputs.Now))
        {
            var expired = new Pruned(state.Key, Expired: true, FirstKept: null, state.Revision - state.Stored.First + 1);
            return prune.DryRun ? new Decision.Answer(expired) : StoreTombstone(state, deleteId: null, expired, inputs);
        }

        var firstKept = inputs.Retention.FirstKept(state);
        return new Decision.Answer(new Pruned(state.Key, Expired: false, state.Exists ? firstKept : null, firstKept - state.Stored.First));
    }

    private static Decision.Accept StoreTombstone(CheckpointState state, Guid? deleteId, ICheckpointReply reply, DecisionInputs inputs)
    {
        var header = Header(state, RecordKind.Delete, inputs, context: null, deleteId) with { Epoch = state.Epoch + 1, Existed = state.Exists };
        var tombstone = state.Tombstone();
        var record = tombstone.ToRecord(header, context: default);
        return new Decision.Accept(record, state.AfterBase(record, inputs.Revision, tombstone), reply);
    }

    /// <summary>The answer that a claim or a delete of this id got before.</summary>
    private static Decision.Answer? Answered<TReply>(CheckpointState state, Guid? id) where TReply : ICheckpointReply =>
        id is { } known && state.RecentRequests.Find(known) is { Reply: TReply reply } ? new Decision.Answer(reply) : null;

    internal static RecordHeader Header(
        CheckpointState state, RecordKind kind, DecisionInputs inputs, RetainContext? context, Guid? saveId = null, ContentDigest? digest = null) => new()
    {
        Bank = state.Key.Bank,
        Source = state.Key.Source,
        Kind = kind,
        SchemaVersion = ContextJson.SchemaVersion,
        Epoch = state.Epoch,
        SavedAt = Timestamp.From(inputs.Now),
        SaveId = saveId,
        Digest = digest,
        Status = context?.Status,
        CompletedState = context?.CompletedState,
        NextState = context?.NextState,
    };

    /// <summary>The record of what changed; null when its body is not smaller than so many bytes.</summary>
    private static CheckpointRecord? Delta(RecordHeader header, RetainContext before, RetainContext after, int smallerThan)
    {
        using var scratch = JsonScratch.Rent();
        ContextDelta.Write(scratch.Writer, before, after);
        return scratch.Written.Length < smallerThan ? CheckpointRecord.Of(header with { Encoding = BodyEncoding.Delta }, scratch.Written) : null;
    }

    /// <summary>What a load of this state answers.</summary>
    internal static ICheckpointReply Read(CheckpointState state) => state switch
    {
        { Damage: { NewerVersion: { } version } } => new TooNew(state.Key, version),
        { Damage: { } damage } => new Corrupt(state.Key, damage.Detail, damage.LastGoodRevision),
        { Context: { } context } => new Loaded(state.Key, state.Revision, state.Epoch, context, state.SavedAt!, state.Branches),
        _ => new NotFound(state.Key),
    };

    internal static Decision.Answer? Repeated(CheckpointState state, Guid? saveId, ContentDigest digest)
    {
        if (saveId is not { } id || state.RecentRequests.Find(id) is not { } earlier) return null;
        return earlier.Reply is Saved saved && earlier.Digest == digest
            ? new Decision.Answer(saved)
            : Refuse(state, RefuseReason.Invalid, $"save id {id} was used for another request");
    }

    internal static Decision.Answer? Conflict(CheckpointState state, long? expectedRevision)
    {
        var current = state.Exists ? state.Revision : 0;
        return expectedRevision is { } expected && expected != current
            ? Refuse(state, RefuseReason.Conflict, $"revision {expected} was expected, the key is at revision {current}")
            : null;
    }

    internal static Decision.Answer? Unreadable(CheckpointState state) =>
        state.Damage is { } damage ? Refuse(state, RefuseReason.Unreadable, damage.Detail) : null;

    private static Decision.Answer? Fence(CheckpointState state, long? epoch)
    {
        if (epoch is null)
            return state.ClaimOpen ? Refuse(state, RefuseReason.StaleEpoch, $"the run of epoch {state.Epoch} owns the key and is unfinished") : null;
        if (epoch < state.Epoch) return Refuse(state, RefuseReason.StaleEpoch, $"epoch {epoch} is over, the key is at epoch {state.Epoch}");
        return epoch > state.Epoch ? Refuse(state, RefuseReason.Invalid, $"epoch {epoch} was never claimed, the key is at epoch {state.Epoch}") : null;
    }

    internal static Decision.Answer TooLarge(CheckpointState state, int bytes, DecisionInputs inputs) => Refuse(
        state, RefuseReason.TooLarge, $"the record has {bytes} bytes, retain.checkpoint.max-record-size is {inputs.MaxRecordSizeBytes}");

    internal static Decision.Answer Refuse(CheckpointState state, RefuseReason reason, string detail) => new(new SaveRefused(state.Key, reason, detail));
}
