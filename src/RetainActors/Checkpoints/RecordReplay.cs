using RetainActors.Json;

namespace RetainActors.Checkpoints;

/// <summary>What a stored record makes of the state before it.</summary>
internal static class RecordReplay
{
    /// <summary>The next state; null with the problem when the record cannot be read, or not on top of that state.</summary>
    public static CheckpointState? Next(CheckpointState state, CheckpointRecord record, long revision, out string? problem)
    {
        problem = null;
        var header = record.Header;
        var body = record.Body;
        switch (header.Kind, header.Encoding)
        {
            case (RecordKind.Save or RecordKind.Delete, BodyEncoding.Base):
                if (BaseContent.Decode(body, state.Key, out problem) is not { } content) return null;
                if (content.Context is null == (header.Kind == RecordKind.Delete)) return state.AfterBase(record, revision, content);
                problem = $"a {header.Kind} does not carry such a base";
                return null;
            case (RecordKind.Save, BodyEncoding.Delta):
                return Changed(state, body, out problem) is { } changed ? state.AfterSave(record, revision, changed) : null;
            case (RecordKind.Save, BodyEncoding.Full):
                return Whole(state, body, out problem) is { } whole ? state.AfterSave(record, revision, whole) : null;
            case (RecordKind.Branch, BodyEncoding.Full):
                return Branch(state, record, revision, out problem);
            case (RecordKind.Claim, BodyEncoding.Full):
                return state.AfterClaim(record, revision);
            case (RecordKind.Delete, BodyEncoding.Full): // of version 1: it forgot the accepted requests
                return state.AfterBase(record, revision, new BaseContent(null, ClaimOpen: false, [], RecentRequests.None));
            default:
                problem = $"no {header.Kind} is encoded as {header.Encoding}";
                return null;
        }
    }

    private static RetainContext? Whole(CheckpointState state, ReadOnlySpan<byte> body, out string? problem)
    {
        var context = ContextJson.Decode(body, out problem);
        if (context is null || context.Key == state.Key) return context;
        problem = $"its body belongs to {context.Key}";
        return null;
    }

    private static RetainContext? Changed(CheckpointState state, ReadOnlySpan<byte> body, out string? problem)
    {
        problem = "a change without a context before it";
        return state.Context is { } before
            ? ContextJson.Changed(before, body, out problem)
            : null;
    }

    private static CheckpointState? Branch(CheckpointState state, CheckpointRecord record, long revision, out string? problem)
    {
        var delta = ContextJson.Read(record.Body, CheckpointJson.Stored.ContextDelta, delta => delta, out problem);
        if (delta is not null && (record.Header.Fork is null || record.Header.Branch is null)) problem = "its header names no branch";
        return delta is null || problem is not null ? null : state.AfterBranch(record, revision, delta);
    }
}
