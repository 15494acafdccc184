using System.Text.Json;
using System.Text.Json.Serialization;
using RetainActors.Checkpoints;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Json;

/// <summary>The stored form of a <see cref="BaseContent"/>. Its names are a contract: they are added to, never renamed.</summary>
internal sealed class BaseDocument
{
    public ContextDocument? Context { get; set; }
    public bool ClaimOpen { get; set; }
    public BranchResult[]? Branches { get; set; }
    public required AcceptedDocument[] Accepted { get; set; }
}

/// <summary>What kind of answer an accepted request got.</summary>
internal enum AcceptedKind
{
    [JsonStringEnumMemberName("saved")]
    Saved,
    [JsonStringEnumMemberName("claimed")]
    Claimed,
    [JsonStringEnumMemberName("deleted")]
    Deleted,
}

/// <summary>The stored form of an <see cref="AcceptedRequest"/>: its answer in the fewest members.</summary>
internal sealed class AcceptedDocument
{
    public Guid Id { get; set; }
    public ContentDigest Digest { get; set; }
    public AcceptedKind Kind { get; set; }
    public long Revision { get; set; }
    public long Epoch { get; set; }
    public bool Existed { get; set; }

    /// <summary>Writes a request, as it is read back.</summary>
    public static void Write(Utf8JsonWriter writer, in AcceptedRequest request)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, request.Id);
        writer.WritePropertyName("digest"u8);
        request.Digest.WriteTo(writer);
        switch (request.Reply)
        {
            case Saved saved:
                writer.WriteNumber("revision"u8, saved.Revision);
                break;
            case Claimed claimed:
                writer.WriteString("kind"u8, "claimed"u8);
                writer.WriteNumber("revision"u8, claimed.Revision);
                if (claimed.Epoch != 0) writer.WriteNumber("epoch"u8, claimed.Epoch);
                break;
            case Deleted deleted:
                writer.WriteString("kind"u8, "deleted"u8);
                writer.WriteNumber("revision"u8, deleted.Revision);
                if (deleted.Existed) writer.WriteBoolean("existed"u8, true);
                break;
            default:
                throw new InvalidOperationException($"{request.Reply.GetType().Name} answers no request that is remembered.");
        }

        writer.WriteEndObject();
    }

    public AcceptedRequest ToRequest(CheckpointKey key) => new(Id, Digest, Kind switch
    {
        AcceptedKind.Saved => new Saved(key, Revision),
        AcceptedKind.Claimed => new Claimed(key, Epoch, Revision),
        AcceptedKind.Deleted => new Deleted(key, Revision, Existed),
        _ => throw new JsonException($"accepted: kind {Kind} is not known."),
    });
}
