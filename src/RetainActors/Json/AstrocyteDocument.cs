using System.Text.Json;
using System.Text.Json.Serialization;

namespace RetainActors.Json;

/// <summary>
/// A checkpoint file of the Python Astrocyte, <c>schema_version</c> 1: members and their order are the seed's. What the seed's own loader
/// takes as absent or null is taken here too; what it writes is always whole.
/// </summary>
internal sealed class AstrocyteDocument
{
    public int SchemaVersion { get; set; }
    public required string BankId { get; set; }
    public required string SourceId { get; set; }
    public long MdTextLen { get; set; }
    public Timestamp? ReferenceDate { get; set; }
    public string? DocumentId { get; set; }
    public string?[]? Entities { get; set; }
    public string?[]? WikisCreated { get; set; }
    public string?[]? WikisUpdated { get; set; }
    public string?[]?[]? SupersedesEdges { get; set; }
    public string? LastState { get; set; }
    public AstrocyteStep?[]? StepLog { get; set; }
    public string?[]? Errors { get; set; }
    public Timestamp? StartedAt { get; set; }
    public Timestamp? CompletedAt { get; set; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? UnknownMembers { get; set; }
}

/// <summary>An entry of the seed's step log. The duration stays raw: Python writes <c>3.0</c> where others write <c>3</c>.</summary>
internal sealed class AstrocyteStep
{
    public required string State { get; set; }
    public required Timestamp StartedAt { get; set; }
    public Timestamp? CompletedAt { get; set; }
    public JsonElement? DurationMs { get; set; }
    public string? Error { get; set; }
    public JsonMembers? Notes { get; set; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? UnknownMembers { get; set; }
}

/// <summary>What a context has and the seed's file has no place for. The seed's loader passes over it.</summary>
internal sealed class AstrocyteExtras
{
    /// <summary>Its name in the file; the last member, and only there when the rest would not say it.</summary>
    public const string Name = "retain_actors";

    public required string? TextSha256 { get; set; }
    public required string? CompletedState { get; set; }
    public required string? NextState { get; set; }
    public required CheckpointStatus Status { get; set; }
    public required int Attempt { get; set; }
    public required int[] StepAttempts { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int UnparkedAfterAttempt { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TableFingerprint? Table { get; set; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    UseStringEnumConverter = true,
    MaxDepth = 64)]
[JsonSerializable(typeof(AstrocyteDocument))]
[JsonSerializable(typeof(AstrocyteExtras))]
internal sealed partial class AstrocyteJsonContext : JsonSerializerContext;
