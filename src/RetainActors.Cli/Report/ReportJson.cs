using System.Text.Json;
using System.Text.Json.Serialization;

namespace RetainActors.Cli.Report;

/// <summary>Source-generated JSON of the report. Null members are written: their absence would be a guess.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ReportModel))]
internal sealed partial class ReportJsonContext : JsonSerializerContext;

internal static class ReportJson
{
    /// <summary>Text as UTF-8 rather than as escapes; control characters stay escaped.</summary>
    public static ReportJsonContext Line { get; } = new(new JsonSerializerOptions(ReportJsonContext.Default.Options)
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
