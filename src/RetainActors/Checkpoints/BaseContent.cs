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

    private static readonly JsonEncodedText ContextName = JsonEncodedText.Encode("context");
    private static readonly JsonEncodedText ClaimOpenName = JsonEncodedText.Encode("claimOpen");
    private static readonly JsonEncodedText BranchesName = JsonEncodedText.Encode("branches");
    private static readonly JsonEncodedText AcceptedName = JsonEncodedText.Encode("accepted");

    /// <summary>The record of this content under a header.</summary>
    /// <param name="header">The header.</param>
    /// <param name="context">The context as it is stored; empty when there is none.</param>
    public CheckpointRecord ToRecord(RecordHeader header, ReadOnlySpan<byte> context)
    {
        using var scratch = JsonScratch.Rent();
        var writer = scratch.Writer;
        writer.WriteStartObject();
        if (!context.IsEmpty)
        {
            writer.WritePropertyName(ContextName);
            writer.WriteRawValue(context, skipInputValidation: true);
        }

        if (ClaimOpen) writer.WriteBoolean(ClaimOpenName, true);
        if (!Branches.IsEmpty)
        {
            writer.WritePropertyName(BranchesName);
            JsonSerializer.Serialize(writer, [.. Branches], CheckpointJson.Stored.BranchResultArray);
        }

        writer.WriteStartArray(AcceptedName);
        foreach (var request in Accepted.OldestFirst()) AcceptedDocument.Write(writer, request);
        writer.WriteEndArray();
        writer.WriteEndObject();
        return CheckpointRecord.Of(header with { Encoding = BodyEncoding.Base }, scratch.Written);
    }

    /// <summary>Decodes; on bytes that are no base of this key, the problem says why.</summary>
    public static BaseContent? Decode(ReadOnlySpan<byte> body, CheckpointKey key, out string? problem)
    {
        var content = ContextJson.Read(
            body, CheckpointJson.Stored.BaseDocument,
            document => new BaseContent(
                document.Context?.ToContext(),
                document.ClaimOpen,
                [.. StoredValues.Whole(document.Branches)],
                RecentRequests.From(StoredValues.Whole(document.Accepted).Select(accepted => accepted.ToRequest(key)))),
            out problem);
        if (content?.Context is not { } context || context.Key == key) return content;
        problem = $"its body belongs to {context.Key}";
        return null;
    }
}
