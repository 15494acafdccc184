using RetainActors.Json;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Checkpoints;

/// <summary>The rules of the requests that look at earlier records. Pure; asked again once the records are read.</summary>
internal static class PastDecider
{
    public static Decision DecideLoad(CheckpointState state, long revision, DecisionInputs inputs)
    {
        if (revision > state.Revision || revision <= state.DeletedAt) return new Decision.Answer(new NotFound(state.Key));
        if (inputs.Past is not { } past) return new Decision.Read(new PastQuery(state.Key, revision));
        return new Decision.Answer(past.State.Revision == revision ? CheckpointDecider.Read(past.State) : new NotFound(state.Key));
    }

    public static Decision DecideHistory(CheckpointState state, History history, DecisionInputs inputs)
    {
        var newest = Math.Min(state.Revision, history.Before is { } before ? before - 1 : long.MaxValue);
        if (newest <= state.DeletedAt) return new Decision.Answer(new HistoryPage(state.Key, [], Before: null));
        return inputs.Past is { } past
            ? new Decision.Answer(past.Page(history.Limit))
            : new Decision.Read(new PastQuery(state.Key, newest));
    }

    public static Decision DecideRewind(CheckpointState state, Rewind rewind, DecisionInputs inputs)
    {
        var digest = ContentDigest.Of($"rewind {rewind.Revision}");
        if (CheckpointDecider.Repeated(state, rewind.SaveId, digest) is { } earlier) return earlier;
        if (rewind.Revision > state.Revision || rewind.Revision <= state.DeletedAt) return NotStored(state, state.Key, rewind.Revision);
        if (inputs.Past is not { } past) return new Decision.Read(new PastQuery(state.Key, rewind.Revision));
        return past.State.Revision == rewind.Revision
            ? StoreFrom(state, past.State, inputs, header => header with { SaveId = rewind.SaveId, Digest = digest, RewoundTo = rewind.Revision })
            : NotStored(state, state.Key, rewind.Revision);
    }

    public static Decision DecideCopy(CheckpointState state, Copy copy, DecisionInputs inputs)
    {
        var digest = ContentDigest.Of($"copy {copy.From.PersistenceId} {copy.Revision}");
        if (CheckpointDecider.Repeated(state, copy.SaveId, digest) is { } earlier) return earlier;
        if (copy.From == copy.Key) return CheckpointDecider.Refuse(state, RefuseReason.Invalid, "a key cannot be copied onto itself; rewind it");
        if ((CheckpointDecider.Unreadable(state) ?? CheckpointDecider.Conflict(state, copy.ExpectedRevision)) is { } refused) return refused;
        if (inputs.Past is not { } past) return new Decision.Read(new PastQuery(copy.From, copy.Revision ?? long.MaxValue));
        if (copy.Revision is { } revision && past.State.Revision != revision) return NotStored(state, copy.From, revision);
        var origin = new CopyOrigin(copy.From.Bank, copy.From.Source, past.State.Revision);
        return StoreFrom(state, past.State, inputs, header => header with { SaveId = copy.SaveId, Digest = digest, CopiedFrom = origin });
    }

    /// <summary>Stores an earlier or foreign state as a base of this key. Whoever owned the key is fenced out by the new epoch.</summary>
    private static Decision StoreFrom(CheckpointState state, CheckpointState past, DecisionInputs inputs, Func<RecordHeader, RecordHeader> describe)
    {
        if (past.Context is not { } found)
        {
            var what = past.Damage is { } damage ? $"cannot be read: {damage.Detail}" : "holds no checkpoint";
            return CheckpointDecider.Refuse(state, RefuseReason.Invalid, $"revision {past.Revision} of {past.Key} {what}");
        }

        var context = found with { Key = state.Key };
        var content = new BaseContent(context, ClaimOpen: false, past.Branches, state.RecentRequests);
        var header = CheckpointDecider.Header(state, RecordKind.Save, inputs, context) with { Epoch = state.Epoch + 1 };
        var record = content.ToRecord(describe(header), ContextJson.Encode(context));
        return record.Size <= inputs.MaxBaseSizeBytes
            ? new Decision.Accept(record, state.AfterBase(record, inputs.Revision, content), new Saved(state.Key, inputs.Revision))
            : CheckpointDecider.TooLarge(state, record.Size, inputs);
    }

    private static Decision.Answer NotStored(CheckpointState state, CheckpointKey key, long revision) =>
        CheckpointDecider.Refuse(state, RefuseReason.Invalid, $"revision {revision} of {key} is not stored");
}
