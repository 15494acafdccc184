using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RetainActors.Cli.MarkdownPipeline;

/// <summary>Source-generated JSON of the files in a bank.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = 16)]
[JsonSerializable(typeof(SourceRecord))]
[JsonSerializable(typeof(FactLine))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class BankJsonContext : JsonSerializerContext;

/// <summary>One line of <c>facts.jsonl</c>.</summary>
internal sealed record FactLine(string Source, string Section, string Fact, IReadOnlyList<string> Entities);

internal static class BankJson
{
    /// <summary>Text as UTF-8 rather than as escapes, indented: people look into these files, no browser does.</summary>
    public static BankJsonContext Files { get; } = new(new JsonSerializerOptions(BankJsonContext.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        NewLine = "\n",
    });

    /// <summary>The same, one value per line.</summary>
    public static BankJsonContext Lines { get; } = new(new JsonSerializerOptions(BankJsonContext.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
