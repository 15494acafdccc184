using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using RetainActors.Cluster.Runs;
using RetainActors.Json;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Cluster.Wire;

/// <summary>
/// Source-generated JSON of every message that crosses nodes. Members are added to, never renamed: nodes of two versions talk
/// to each other while a cluster is upgraded.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    IgnoreReadOnlyProperties = true,
    UseStringEnumConverter = true,
    MaxDepth = 64,
    Converters = [typeof(KeyConverter), typeof(ContextConverter), typeof(TraceConverter)])]
[JsonSerializable(typeof(Save))]
[JsonSerializable(typeof(SaveBranch))]
[JsonSerializable(typeof(Rewind))]
[JsonSerializable(typeof(Copy))]
[JsonSerializable(typeof(Load))]
[JsonSerializable(typeof(History))]
[JsonSerializable(typeof(Prune))]
[JsonSerializable(typeof(Delete))]
[JsonSerializable(typeof(Claim))]
[JsonSerializable(typeof(SaveStatus))]
[JsonSerializable(typeof(Saved))]
[JsonSerializable(typeof(SaveRefused))]
[JsonSerializable(typeof(SaveUnknown))]
[JsonSerializable(typeof(SaveNotFound))]
[JsonSerializable(typeof(Loaded))]
[JsonSerializable(typeof(NotFound))]
[JsonSerializable(typeof(Corrupt))]
[JsonSerializable(typeof(TooNew))]
[JsonSerializable(typeof(HistoryPage))]
[JsonSerializable(typeof(Pruned))]
[JsonSerializable(typeof(Deleted))]
[JsonSerializable(typeof(Claimed))]
[JsonSerializable(typeof(ClaimRefused))]
[JsonSerializable(typeof(Unavailable))]
[JsonSerializable(typeof(RunRequest))]
[JsonSerializable(typeof(RunEnded))]
internal sealed partial class WireJsonContext : JsonSerializerContext;

internal static class WireJson
{
    /// <summary>Writes text as UTF-8 rather than as escapes.</summary>
    private static readonly JsonSerializerOptions Options = new(WireJsonContext.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        TypeInfoResolver = WireJsonContext.Default.WithAddedModifier(Require),
    };

    /// <summary>How a message is read and written.</summary>
    public static JsonTypeInfo<T> Of<T>() => (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));

    /// <summary>What can be neither null nor left out must be there: a message without it would fail wherever it is first looked at.</summary>
    private static void Require(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
            if (property.AssociatedParameter is { IsMemberInitializer: false, HasDefaultValue: false, IsNullable: false } && Nullable.GetUnderlyingType(property.PropertyType) is null)
                property.IsRequired = true;
    }
}

/// <summary>A key as the pair of its ids; what is no key is refused as it is everywhere.</summary>
internal sealed class KeyConverter : JsonConverter<CheckpointKey>
{
    public override CheckpointKey Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JsonSerializer.Deserialize(ref reader, CheckpointJson.Stored.StringArray) is [var bank, var source]
            ? new CheckpointKey(bank, source)
            : throw new JsonException("A key is a pair of texts.");

    public override void Write(Utf8JsonWriter writer, CheckpointKey value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, [value.Bank, value.Source], CheckpointJson.Stored.StringArray);
}

/// <summary>A context in its stored form.</summary>
internal sealed class ContextConverter : JsonConverter<RetainContext>
{
    public override RetainContext Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JsonSerializer.Deserialize(ref reader, CheckpointJson.Stored.ContextDocument)?.ToContext() ?? throw new JsonException("A context is missing.");

    public override void Write(Utf8JsonWriter writer, RetainContext value, JsonSerializerOptions options) =>
        ContextJson.Write(writer, value);
}

/// <summary>
/// A trace as W3C's <c>traceparent</c>, a space, and its <c>tracestate</c> if it has one. What cannot be read is no trace: a request is
/// never refused for it.
/// </summary>
internal sealed class TraceConverter : JsonConverter<ActivityContext>
{
    public override ActivityContext Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            reader.Skip();
            return default;
        }

        var parts = reader.GetString()!.Split(' ', 2);
        return ActivityContext.TryParse(parts[0], parts.ElementAtOrDefault(1), isRemote: true, out var trace) ? trace : default;
    }

    public override void Write(Utf8JsonWriter writer, ActivityContext value, JsonSerializerOptions options)
    {
        var parent = $"00-{value.TraceId}-{value.SpanId}-{(byte)value.TraceFlags:x2}";
        writer.WriteStringValue(string.IsNullOrEmpty(value.TraceState) ? parent : $"{parent} {value.TraceState}");
    }
}
