using System.Text.Json;
using System.Text.Json.Serialization;
using RetainActors.Json;

namespace RetainActors.Cli.Output;

/// <summary>The ways a file or a checkpoint can end in an import or an export.</summary>
internal enum ExchangeEnd
{
    [JsonStringEnumMemberName("imported")]
    Imported,

    [JsonStringEnumMemberName("wouldImport")]
    WouldImport,

    [JsonStringEnumMemberName("exported")]
    Exported,

    /// <summary>The same was there already.</summary>
    [JsonStringEnumMemberName("unchanged")]
    Unchanged,

    [JsonStringEnumMemberName("failed")]
    Failed,
}

/// <summary>The line of one file of <c>retain import</c>. The names are a contract.</summary>
internal sealed record ImportLine(int SchemaVersion, string File, string? Bank, string? Source, ExchangeEnd Outcome, long? Revision, ErrorJson? Error);

/// <summary>Its last line; the error is there when the command as a whole failed.</summary>
internal sealed record ImportSummaryLine(
    int SchemaVersion,
    ImportSummary Summary,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ErrorJson? Error);

/// <summary>How the files of an import ended.</summary>
internal sealed record ImportSummary(int Imported, int Unchanged, int Failed, bool DryRun);

/// <summary>Source-generated JSON of imports, exports and lists. Null members are written: their absence would be a guess.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ImportLine))]
[JsonSerializable(typeof(ImportSummaryLine))]
[JsonSerializable(typeof(ExportLine))]
[JsonSerializable(typeof(ExportSummaryLine))]
[JsonSerializable(typeof(ListLine))]
[JsonSerializable(typeof(ListSummaryLine))]
internal sealed partial class ExchangeJsonContext : JsonSerializerContext;

internal static class ExchangeJson
{
    /// <summary>Text as UTF-8 rather than as escapes; control characters stay escaped.</summary>
    public static ExchangeJsonContext Lines { get; } = new(new JsonSerializerOptions(ExchangeJsonContext.Default.Options)
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    public static ErrorJson? ErrorOf(AstrocyteFileProblem? problem) => problem is null ? null : new(problem.Reason.ToString(), problem.Detail);
}
