using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using RetainActors.Checkpoints;

namespace RetainActors.Json;

/// <summary>Source-generated JSON of everything this package stores or sends. No type names in data, no fallback format.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    UseStringEnumConverter = true,
    MaxDepth = 64)]
[JsonSerializable(typeof(ContextDocument))]
[JsonSerializable(typeof(StepDocument))]
[JsonSerializable(typeof(TableDocument))]
[JsonSerializable(typeof(ContextDelta))]
[JsonSerializable(typeof(BaseDocument))]
[JsonSerializable(typeof(RecordHeader))]
[JsonSerializable(typeof(JsonMembers))]
[JsonSerializable(typeof(long))]
[JsonSerializable(typeof(string))]
internal sealed partial class CheckpointJsonContext : JsonSerializerContext;

internal static class CheckpointJson
{
    /// <summary>Writes text as UTF-8 rather than as escapes: the bytes go to journals, never into HTML.</summary>
    public static CheckpointJsonContext Stored { get; } =
        new(new JsonSerializerOptions(CheckpointJsonContext.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
