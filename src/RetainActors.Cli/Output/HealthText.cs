using RetainActors.Checkpoints;
using RetainActors.Cli.Commands;
using RetainActors.Cli.Health;
using Spectre.Console;

namespace RetainActors.Cli.Output;

/// <summary>The health of a root for people.</summary>
internal static class HealthText
{
    /// <summary>A screen full; retain list shows all.</summary>
    private const int MaxOpen = 20;

    public static void Write(TextWriter output, RootHealth health, IReadOnlyList<ErrorJson> problems, DateTimeOffset now)
    {
        Line($"root {health.Root}");
        Line(health.Owner is { } owner ? $"owner process {owner.ProcessId} on {owner.Host} since {Timestamp.From(owner.Since)}" : "owner none");
        if (health.Space is { } space)
            Line($"space {space.FreeBytes} bytes free; the journal takes {space.TotalBytes} in {LogText.Count(space.Segments, "segment")}, "
                + (space.WarningBytes is { } warning ? $"a warning is due above {warning}" : "no warning is set"));
        if (health.Checkpoints is { } census) WriteCensus(output, census, now);
        foreach (var problem in problems) Line($"problem {problem.Reason}: {problem.Detail}");
        Line(problems.Count == 0 ? "healthy" : $"degraded: {LogText.Count(problems.Count, "problem")}");

        void Line(string text) => output.WriteLine(PlainText.OneLine(text));
    }

    private static void WriteCensus(TextWriter output, CheckpointCensus census, DateTimeOffset now)
    {
        output.WriteLine(
            $"runs {census.Count(ListedStatus.Running)} unfinished, {census.Completed} completed, {census.Count(ListedStatus.Failed)} failed, "
            + $"{census.Count(ListedStatus.Parked)} parked, {census.Count(ListedStatus.Unreadable) + census.UnnamedIds.Length} unreadable");
        if (census.Open.IsEmpty) return;

        var table = new Table().Border(TableBorder.Simple)
            .AddColumn("bank").AddColumn("source").AddColumn("status").AddColumn("next").AddColumn(new TableColumn("untouched for").RightAligned());
        foreach (var item in census.Open.Take(MaxOpen))
            table.AddRow(
                TextTable.Cell(item.Key.Bank), TextTable.Cell(item.Key.Source), TextTable.Cell(ListReport.NameOf(item.Status)), TextTable.Cell(item.NextState),
                TextTable.Cell(item.SavedAt is { } savedAt ? Age.Text(now - savedAt.Instant) : null));
        TextTable.Write(output, table);
        if (census.Open.Length > MaxOpen) output.WriteLine($"{census.Open.Length - MaxOpen} more: see retain list");
    }
}
