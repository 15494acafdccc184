using RetainActors.Json;

namespace RetainActors.Cli.Output;

/// <summary>How one file ended.</summary>
internal sealed record ImportOutcome(string File, CheckpointKey? Key, ExchangeEnd End, long? Revision = null, AstrocyteFileProblem? Problem = null)
{
    public static ImportOutcome Failed(string file, CheckpointKey? key, AstrocyteFileReason reason, string detail) =>
        new(file, key, ExchangeEnd.Failed, Problem: new AstrocyteFileProblem(reason, detail));
}

/// <summary>
/// Tells of an import: with JSON a line for every file on standard output; else a line on standard error for each that was not imported, and
/// the counts on standard output.
/// </summary>
internal sealed class ImportReport(TextWriter output, TextWriter error, bool json, bool dryRun)
{
    private int _imported;
    private int _unchanged;
    private int _failed;

    /// <summary>Whether a file was not imported.</summary>
    public bool HasFailures => _failed > 0;

    public void OnEnded(ImportOutcome outcome)
    {
        _ = outcome.End switch
        {
            ExchangeEnd.Failed => _failed++,
            ExchangeEnd.Unchanged => _unchanged++,
            _ => _imported++,
        };
        if (json)
            output.WriteJson(
                new ImportLine(
                    OutputJson.SchemaVersion, outcome.File, outcome.Key?.Bank, outcome.Key?.Source, outcome.End, outcome.Revision, ErrorJson.From(outcome.Problem)),
                OutputJson.Lines.ImportLine);
        else if (outcome.Problem is { } problem)
            error.WriteLine(PlainText.OneLine($"not imported {outcome.File}: {problem.Reason}: {problem.Detail}"));
    }

    public void OnFinished(CommandFailure? failure)
    {
        if (json)
            output.WriteJson(
                new ImportSummaryLine(OutputJson.SchemaVersion, new ImportSummary(_imported, _unchanged, _failed, dryRun), ErrorJson.From(failure)),
                OutputJson.Lines.ImportSummaryLine);
        else
            output.WriteLine($"{_imported} {(dryRun ? "would be imported" : "imported")}, {_unchanged} unchanged, {_failed} not imported");
    }
}
