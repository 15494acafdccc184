using System.Collections.Immutable;
using System.Text.Json;
using RetainActors.Json;

namespace RetainActors.Checkpoints;

/// <summary>
/// What a base record carries: everything of a key that later records build on, so that the records before it may go.
/// The context is null in the tombstone of a deleted key.
/// </summary>
/// <param name="Context">The context.</param>
/// <param name="ClaimOpen">Whether a claimed run has not saved its end yet.</param>
/// <param name="Branches">Finished branches of the fork that the context completed.</param>
/// <param name="Accepted">The requests accepted before this record.</param>
internal sealed record BaseContent(RetainContext? Context, bool ClaimOpen, ImmutableArray<BranchResult> Branches, RecentRequests Accepted)
{
    /// <summary>What a base may have beyond <c>retain.checkpoint.max-record-size</c>: room for the accepted requests.</summary>
    public const int OverheadBytes = 16 * 1024;

    public byte[] Encode() => JsonSerializer.SerializeToUtf8Bytes(
        new BaseDocument
        {
            Context = Context is null ? null : ContextDocument.From(Context),
            ClaimOpen = ClaimOpen,
            Branches = Branches.IsEmpty ? null : [.. Branches],
            Accepted = [.. Accepted.OldestFirst().Select(AcceptedDocument.From)],
        },
        CheckpointJson.Stored.BaseDocument);

    /// <summary>Decodes; on bytes that are no base of this key, the problem says why.</summary>
    public static BaseContent? Decode(ReadOnlySpan<byte> body, CheckpointKey key, out string? problem)
    {
        var content = ContextJson.Read(
            body, CheckpointJson.Stored.BaseDocument,
            document => new BaseContent(
                document.Context?.ToContext(),
                document.ClaimOpen,
                [.. document.Branches ?? []],
                document.Accepted.Aggregate(RecentRequests.None, (all, accepted) => all.With(accepted.ToRequest(key)))),
            out problem);
        if (content?.Context is not { } context || context.Key == key) return content;
        problem = $"its body belongs to {context.Key}";
        return null;
    }
}
