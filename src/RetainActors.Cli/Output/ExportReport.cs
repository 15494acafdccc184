using System.Collections.Immutable;
using RetainActors.Json;

namespace RetainActors.Cli.Output;

/// <summary>How one checkpoint ended.</summary>
internal sealed record ExportOutcome(CheckpointKey Key, string File, bool IsSeedPath, ExchangeEnd End, long Revision, AstrocyteFileProblem? Problem);

/// <summary>
/// Tells of an export: with JSON a line for every checkpoint on standard output; else a line on standard error for each that was not exported or
/// has a name that Astrocyte does not look for, and the counts on standard output.
/// </summary>
internal sealed class ExportReport(TextWriter output, TextWriter error, bool json)
{
    private int _exported;
    private int _unchanged;
    private int _failed;
    private int _renamed;

    /// <summary>Whether a checkpoint was not exported.</summary>
    public bool HasFailures => _failed > 0;

    /// <summary>Whether one could not be read.</summary>
    public bool HasUnreadable { get; private set; }

    public void OnEnded(ExportOutcome outcome)
    {
        HasUnreadable |= outcome.Problem?.Reason == AstrocyteFileReason.Unreadable;
        _ = outcome.End switch
        {
            ExchangeEnd.Failed => _failed++,
            ExchangeEnd.Unchanged => _unchanged++,
            _ => _exported++,
        };
        if (outcome.End != ExchangeEnd.Failed && !outcome.IsSeedPath) _renamed++;
        if (json)
            output.WriteJson(
                new ExportLine(
                    OutputJson.SchemaVersion, outcome.Key.Bank, outcome.Key.Source, outcome.Revision, outcome.File, !outcome.IsSeedPath, outcome.End,
                    ErrorJson.From(outcome.Problem)),
                OutputJson.Lines.ExportLine);
        else if (outcome.Problem is { } problem)
            error.WriteLine(PlainText.OneLine($"not exported {outcome.Key} to {outcome.File}: {problem.Reason}: {problem.Detail}"));
        else if (!outcome.IsSeedPath)
            error.WriteLine(PlainText.OneLine($"renamed {outcome.Key} to {outcome.File}: Astrocyte's own name for it is not safe, or another key has it"));
    }

    public void OnFinished(IReadOnlyList<string> unnamedIds)
    {
        HasUnreadable |= unnamedIds.Count > 0;
        if (!json)
            foreach (var id in unnamedIds) error.WriteLine(PlainText.OneLine($"not exported {id}: Unreadable: no record of it tells the key"));
        if (json)
            output.WriteJson(
                new ExportSummaryLine(OutputJson.SchemaVersion, new ExportSummary(_exported, _unchanged, _failed, _renamed, [.. unnamedIds])),
                OutputJson.Lines.ExportSummaryLine);
        else
            output.WriteLine($"{_exported} exported, {_unchanged} unchanged, {_failed} not exported; {_renamed} renamed");
    }
}

/// <summary>A line of <c>retain export</c>. The names are a contract.</summary>
internal sealed record ExportLine(
    int SchemaVersion, string Bank, string Source, long Revision, string File, bool Renamed, ExchangeEnd Outcome, ErrorJson? Error);

/// <summary>Its last line.</summary>
internal sealed record ExportSummaryLine(int SchemaVersion, ExportSummary Summary);

/// <summary>How the checkpoints of an export ended.</summary>
internal sealed record ExportSummary(int Exported, int Unchanged, int Failed, int Renamed, ImmutableArray<string> UnnamedIds);
