using System.Text.Json;

namespace RetainActors.Cli.Output;

/// <summary>One JSON value per line, each written out at once.</summary>
internal sealed class JsonRunReport(TextWriter output, string bank) : IRunReport
{
    public void OnEnded(SourceOutcome outcome) => Write(JsonSerializer.Serialize(
        new SourceLine(
            OutputJson.SchemaVersion, bank, outcome.Source, outcome.End, outcome.Revision, outcome.StatesRun, outcome.ResumedAt, outcome.DurationMs,
            ErrorJson.From(outcome.Problem)),
        OutputJson.Lines.SourceLine));

    public void OnFinished(RunSummary summary, CommandFailure? failure, bool wasCancelled) => Write(JsonSerializer.Serialize(
        new SummaryLine(OutputJson.SchemaVersion, summary, ErrorJson.From(failure)), OutputJson.Lines.SummaryLine));

    private void Write(string line)
    {
        output.Write(line + '\n');
        output.Flush();
    }
}
