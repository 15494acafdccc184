using System.Globalization;

namespace RetainActors.Cli.Output;

/// <summary>A short summary for people.</summary>
internal sealed class TextRunReport(TextWriter output, string bank, string bankDirectory) : IRunReport
{
    public void OnEnded(SourceOutcome outcome)
    {
    }

    public void OnFinished(RunSummary summary, CommandFailure? failure)
    {
        if (failure is not null && summary is { Completed: 0, UpToDate: 0, Failed: 0 }) return; // the error says it all
        var seconds = (summary.DurationMs / 1000.0).ToString("0.0", CultureInfo.InvariantCulture);
        var resumed = summary.Resumed > 0 ? $" ({summary.Resumed} resumed where they were)" : "";
        output.WriteLine(
            $"{PlainText.OneLine(bank)}: {summary.Completed} completed{resumed}, {summary.UpToDate} up to date, {summary.Failed} failed, in {seconds} s");
        if (failure is null && summary.Completed + summary.UpToDate > 0) output.WriteLine($"Read {Path.Combine(bankDirectory, "index.md")}");
    }
}
