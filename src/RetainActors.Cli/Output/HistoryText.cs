using RetainActors.Checkpoints;
using Spectre.Console;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Cli.Output;

/// <summary>A history for people.</summary>
internal static class HistoryText
{
    public static void Write(TextWriter output, HistoryPage page)
    {
        output.WriteLine(PlainText.OneLine($"{page.Key.Bank}  {page.Key.Source}"));
        var table = new Table().Border(TableBorder.Simple).AddColumn(new TableColumn("revision").RightAligned()).AddColumn("what")
            .AddColumn(new TableColumn("epoch").RightAligned()).AddColumn("stored (UTC)").AddColumn("status").AddColumn("completed").AddColumn("next")
            .AddColumn(new TableColumn("bytes").RightAligned());
        foreach (var info in page.Revisions)
            table.AddRow(
                TextTable.Cell(info.Revision), TextTable.Cell(What(info)), TextTable.Cell(info.Epoch),
                TextTable.Cell(info.SavedAt),
                TextTable.Cell(info.Problem ?? info.Status?.ToString().ToLowerInvariant()),
                TextTable.Cell(info.CompletedState), TextTable.Cell(info.NextState), TextTable.Cell(info.Bytes));
        TextTable.Write(output, table);
        if (page.Before is { } before) output.WriteLine($"more with --before {before}");
    }

    private static string What(RevisionInfo info) => info switch
    {
        { Kind: RevisionKind.Branch } => $"branch {info.Branch}",
        { Kind: RevisionKind.Rewind } => $"rewind to {info.RewoundTo}",
        { Kind: RevisionKind.Copy, CopiedFrom: { } from } => $"copy of {from.Revision} of {from.Bank}/{from.Source}",
        _ => info.Kind.ToString().ToLowerInvariant(),
    };
}
