using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using RetainActors.Cli.Report;
using RetainActors.Cli.Sources;
using RetainActors.Json;

namespace RetainActors.Cli.Output;

/// <summary>The error member of every JSON answer.</summary>
internal sealed record ErrorJson(string Reason, string Detail)
{
    public static ErrorJson? From(SourceProblem? problem) => problem is null ? null : new(problem.Reason, problem.Detail);

    public static ErrorJson? From(AstrocyteFileProblem? problem) => problem is null ? null : new(problem.Reason.ToString(), problem.Detail);

    public static ErrorJson? From(CommandFailure? failure) => failure is null ? null : new(failure.Reason, failure.Detail);
}

/// <summary>The line of one source. The names are a contract.</summary>
internal sealed record SourceLine(
    int SchemaVersion,
    string Bank,
    string Source,
    SourceEnd Outcome,
    long Revision,
    ImmutableArray<string> StatesRun,
    string? ResumedAt,
    long DurationMs,
    ErrorJson? Error);

/// <summary>The last line of a run; the error is there when the command as a whole failed.</summary>
internal sealed record SummaryLine(
    int SchemaVersion,
    RunSummary Summary,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] ErrorJson? Error);

/// <summary>The answer of <c>retain show</c>.</summary>
internal sealed record ShowDocument(
    int SchemaVersion,
    string Bank,
    string Source,
    long Revision,
    long Epoch,
    CheckpointStatus Status,
    string? CompletedState,
    string? NextState,
    string SavedAt,
    ImmutableArray<ShowStep> StepLog,
    ImmutableArray<string> Errors,
    ShowCounts Counts);

/// <summary>One step in <see cref="ShowDocument"/>.</summary>
internal sealed record ShowStep(
    string State, string StartedAt, string? CompletedAt, double? DurationMs, string? Error, IReadOnlyDictionary<string, JsonElement> Notes, int Attempt);

/// <summary>How much the context holds.</summary>
internal sealed record ShowCounts(int Steps, int FinishedBranches, int Entities, int WikisCreated, int WikisUpdated, int SupersedesEdges);

/// <summary>The answer of <c>retain unpark</c>.</summary>
internal sealed record UnparkDocument(int SchemaVersion, string Bank, string Source, long Revision, string? NextState);

/// <summary>An answer that is only an error.</summary>
internal sealed record ErrorDocument(int SchemaVersion, ErrorJson Error);

/// <summary>Source-generated JSON of standard output. Null members are written: their absence would be a guess.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(SourceLine))]
[JsonSerializable(typeof(SummaryLine))]
[JsonSerializable(typeof(ShowDocument))]
[JsonSerializable(typeof(UnparkDocument))]
[JsonSerializable(typeof(HealthDocument))]
[JsonSerializable(typeof(ConfigDocument))]
[JsonSerializable(typeof(ErrorDocument))]
[JsonSerializable(typeof(HistoryDocument))]
[JsonSerializable(typeof(DiffDocument))]
[JsonSerializable(typeof(StoredDocument))]
[JsonSerializable(typeof(PruneLine))]
[JsonSerializable(typeof(PruneSummaryLine))]
[JsonSerializable(typeof(FindingLine))]
[JsonSerializable(typeof(VerifySummaryLine))]
[JsonSerializable(typeof(StatsDocument))]
[JsonSerializable(typeof(RecordLine))]
[JsonSerializable(typeof(CompactPlanDocument))]
[JsonSerializable(typeof(CompactDocument))]
[JsonSerializable(typeof(LeftOutLine))]
[JsonSerializable(typeof(RepairSummaryLine))]
[JsonSerializable(typeof(ImportLine))]
[JsonSerializable(typeof(ImportSummaryLine))]
[JsonSerializable(typeof(ExportLine))]
[JsonSerializable(typeof(ExportSummaryLine))]
[JsonSerializable(typeof(ListLine))]
[JsonSerializable(typeof(ListSummaryLine))]
[JsonSerializable(typeof(ReportModel))]
internal sealed partial class OutputJsonContext : JsonSerializerContext;

internal static class OutputJson
{
    public const int SchemaVersion = 1;

    /// <summary>Text as UTF-8 rather than as escapes; control characters stay escaped.</summary>
    public static OutputJsonContext Lines { get; } = new(new JsonSerializerOptions(OutputJsonContext.Default.Options)
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>Writes one value as one line.</summary>
    public static void WriteJson<T>(this TextWriter output, T value, JsonTypeInfo<T> type) =>
        output.Write(JsonSerializer.Serialize(value, type) + '\n');
}
