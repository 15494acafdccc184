namespace RetainActors.Cli.Output;

/// <summary>One JSON value per line, each written out at once.</summary>
internal sealed class JsonRunReport(TextWriter output, string bank) : IRunReport
{
    public void OnEnded(SourceOutcome outcome) => output.WriteJson(
        new SourceLine(
            OutputJson.SchemaVersion, bank, outcome.Source, outcome.End, outcome.Revision, outcome.StatesRun, outcome.ResumedAt, outcome.DurationMs,
            ErrorJson.From(outcome.Problem)),
        OutputJson.Lines.SourceLine);

    public void OnFinished(RunSummary summary, CommandFailure? failure) => output.WriteJson(
        new SummaryLine(OutputJson.SchemaVersion, summary, ErrorJson.From(failure)), OutputJson.Lines.SummaryLine);
}
