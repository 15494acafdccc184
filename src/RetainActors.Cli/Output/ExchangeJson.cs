using System.Text.Json.Serialization;

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
