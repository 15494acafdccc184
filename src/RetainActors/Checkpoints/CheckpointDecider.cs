using RetainActors.Json;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Checkpoints;

/// <summary>What to do with a request: answer it from the state, or store a record and then answer.</summary>
internal abstract record Decision
{
    /// <summary>Answer; nothing is stored.</summary>
    public sealed record Answer(ICheckpointReply Reply) : Decision;

    /// <summary>Store the record; once it is durable the state is <paramref name="Next"/> and the reply is due.</summary>
    public sealed record Accept(CheckpointRecord Record, CheckpointState Next, ICheckpointReply Reply) : Decision;
}

/// <summary>What a decision takes from outside.</summary>
/// <param name="Revision">The revision that a record gets if one is stored.</param>
/// <param name="Now">The time that a record gets.</param>
/// <param name="MaxRecordSizeBytes">The largest record, header included.</param>
internal readonly record struct DecisionInputs(long Revision, Timestamp Now, int MaxRecordSizeBytes);

/// <summary>The rules of a checkpoint: pure, no clock, no I/O.</summary>
internal static class CheckpointDecider
{
    /// <summary>Decides one request against the state that it meets.</summary>
    public static Decision Decide(CheckpointState state, ICheckpointCommand command, DecisionInputs inputs) => command switch
    {
        Save save => DecideSave(state, save, inputs),
        SaveBranch save => DecideSaveBranch(state, save, inputs),
        Load => new Decision.Answer(Read(state)),
        Delete delete => DecideDelete(state, delete, inputs),
        Claim claim => DecideClaim(state, claim, inputs),
        SaveStatus status => new Decision.Answer(
            state.RecentRequests.Find(status.SaveId) is { Reply: Saved saved } ? saved : new SaveNotFound(state.Key, status.SaveId)),
        _ => throw new ArgumentException($"{command.GetType().Name} is no request of a checkpoint.", nameof(command)),
    };

    private static Decision DecideSave(CheckpointState state, Save save, DecisionInputs inputs)
    {
        if (ContextValidation.FirstProblem(save.Context) is { } problem) return Refuse(state, RefuseReason.Invalid, problem);
        var body = ContextJson.Encode(save.Context);
        if ((Repeated(state, save.SaveId, body) ?? Unreadable(state) ?? Fence(state, save.Epoch)) is { } answer) return answer;
        var current = state.Exists ? state.Revision : 0;
        if (save.ExpectedRevision is { } expected && expected != current)
            return Refuse(state, RefuseReason.Conflict, $"revision {expected} was expected, the key is at revision {current}");

        var header = Header(state, RecordKind.Save, inputs.Now, save.Context) with { SaveId = save.SaveId };
        return Store(state, new CheckpointRecord(header, body), inputs, context: save.Context);
    }

    private static Decision DecideSaveBranch(CheckpointState state, SaveBranch save, DecisionInputs inputs)
    {
        var body = CheckpointState.EncodeDelta(save.Delta);
        if ((Repeated(state, save.SaveId, body) ?? Unreadable(state) ?? Fence(state, save.Epoch)) is { } answer) return answer;
        if (state.Context?.CompletedState != save.ForkState || state.Context.VisitsOf(save.ForkState) != save.Visit)
            return Refuse(state, RefuseReason.Invalid, $"visit {save.Visit} of fork {save.ForkState} is not open");
        if (state.Branches.FirstOrDefault(branch => branch.Branch == save.Branch) is { } stored)
            return stored.Delta.Equals(save.Delta)
                ? new Decision.Answer(new Saved(state.Key, stored.Revision))
                : Refuse(state, RefuseReason.Conflict, $"branch {save.Branch} is stored already, at revision {stored.Revision}");

        var header = Header(state, RecordKind.Branch, inputs.Now, state.Context) with
        {
            SaveId = save.SaveId, Fork = save.ForkState, Visit = save.Visit, Branch = save.Branch,
        };
        return Store(state, new CheckpointRecord(header, body), inputs, delta: save.Delta);
    }

    private static Decision DecideClaim(CheckpointState state, Claim claim, DecisionInputs inputs)
    {
        if (Answered<Claimed>(state, claim.ClaimId) is { } earlier) return earlier;
        if (state.Damage is { } damage) return new Decision.Answer(new ClaimRefused(state.Key, RefuseReason.Unreadable, damage.Detail));
        var header = Header(state, RecordKind.Claim, inputs.Now, state.Context) with { Epoch = state.Epoch + 1, SaveId = claim.ClaimId };
        return Store(state, new CheckpointRecord(header, default), inputs);
    }

    private static Decision DecideDelete(CheckpointState state, Delete delete, DecisionInputs inputs)
    {
        if (Answered<Deleted>(state, delete.DeleteId) is { } earlier) return earlier;
        // Without a checkpoint and without an owner to fence out there is nothing to write, for unknown keys above all.
        if (!state.Exists && !state.ClaimOpen) return new Decision.Answer(new Deleted(state.Key, state.Revision, Existed: false));
        var header = Header(state, RecordKind.Delete, inputs.Now, context: null) with
        {
            Epoch = state.Epoch + 1, SaveId = delete.DeleteId, Existed = state.Exists,
        };
        return Store(state, new CheckpointRecord(header, default), inputs);
    }

    /// <summary>The answer that a claim or a delete of this id got before.</summary>
    private static Decision.Answer? Answered<TReply>(CheckpointState state, Guid? id) where TReply : ICheckpointReply =>
        id is { } known && state.RecentRequests.Find(known) is { Reply: TReply reply } ? new Decision.Answer(reply) : null;

    private static RecordHeader Header(CheckpointState state, RecordKind kind, Timestamp now, RetainContext? context) => new()
    {
        Bank = state.Key.Bank,
        Source = state.Key.Source,
        Kind = kind,
        SchemaVersion = ContextJson.SchemaVersion,
        Epoch = state.Epoch,
        SavedAt = now,
        Status = context?.Status,
        CompletedState = context?.CompletedState,
        NextState = context?.NextState,
    };

    private static Decision Store(
        CheckpointState state, CheckpointRecord record, DecisionInputs inputs, RetainContext? context = null, ContextDelta? delta = null) =>
        record.Frame.Length <= inputs.MaxRecordSizeBytes
            ? new Decision.Accept(
                record, state.Apply(record, inputs.Revision, context, delta), state.ReplyTo(record.Header, inputs.Revision))
            : Refuse(
                state, RefuseReason.TooLarge,
                $"the record has {record.Frame.Length} bytes, retain.checkpoint.max-record-size is {inputs.MaxRecordSizeBytes}");

    private static ICheckpointReply Read(CheckpointState state) => state switch
    {
        { Damage: { NewerVersion: { } version } } => new TooNew(state.Key, version),
        { Damage: { } damage } => new Corrupt(state.Key, damage.Detail, damage.LastGoodRevision),
        { Context: { } context } => new Loaded(state.Key, state.Revision, state.Epoch, context, state.SavedAt!, state.Branches),
        _ => new NotFound(state.Key),
    };

    private static Decision.Answer? Repeated(CheckpointState state, Guid? saveId, byte[] body)
    {
        if (saveId is not { } id || state.RecentRequests.Find(id) is not { } earlier) return null;
        return earlier.Reply is Saved saved && earlier.Digest == RecentRequests.DigestOf(body)
            ? new Decision.Answer(saved)
            : Refuse(state, RefuseReason.Invalid, $"save id {id} was used for another request");
    }

    private static Decision.Answer? Unreadable(CheckpointState state) =>
        state.Damage is { } damage ? Refuse(state, RefuseReason.Unreadable, damage.Detail) : null;

    private static Decision.Answer? Fence(CheckpointState state, long? epoch)
    {
        if (epoch is null)
            return state.ClaimOpen ? Refuse(state, RefuseReason.StaleEpoch, $"the run of epoch {state.Epoch} owns the key and is unfinished") : null;
        if (epoch < state.Epoch) return Refuse(state, RefuseReason.StaleEpoch, $"epoch {epoch} is over, the key is at epoch {state.Epoch}");
        return epoch > state.Epoch ? Refuse(state, RefuseReason.Invalid, $"epoch {epoch} was never claimed, the key is at epoch {state.Epoch}") : null;
    }

    private static Decision.Answer Refuse(CheckpointState state, RefuseReason reason, string detail) => new(new SaveRefused(state.Key, reason, detail));
}
