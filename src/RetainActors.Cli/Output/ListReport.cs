using System.Collections.Immutable;
using RetainActors.Checkpoints;
using Spectre.Console;

namespace RetainActors.Cli.Output;

/// <summary>Checkpoints as JSON Lines, each written at once, or as a table for people.</summary>
internal sealed class ListReport(TextWriter output, TextWriter error, bool json)
{
    private readonly Table _table = new Table().Border(TableBorder.Simple)
        .AddColumn("bank").AddColumn("source").AddColumn("status").AddColumn("completed").AddColumn("next")
        .AddColumn(new TableColumn("revision").RightAligned()).AddColumn(new TableColumn("epoch").RightAligned()).AddColumn("saved (UTC)");

    public int Count { get; private set; }

    /// <summary>Whether a checkpoint cannot be read.</summary>
    public bool HasUnreadable { get; private set; }

    public void OnItem(ListedCheckpoint item)
    {
        Count++;
        HasUnreadable |= item.Status == ListedStatus.Unreadable;
        if (json)
        {
            output.WriteJson(
                new ListLine(
                    OutputJson.SchemaVersion, item.Key.Bank, item.Key.Source, NameOf(item.Status), item.CompletedState, item.NextState, item.Revision, item.Epoch,
                    item.SavedAt?.Text, item.Problem is { } problem ? new ErrorJson(nameof(ListedStatus.Unreadable), problem) : null),
                OutputJson.Lines.ListLine);
            return;
        }

        if (item.Problem is not null) error.WriteLine(PlainText.OneLine($"unreadable {item.Key}: {item.Problem}"));
        _table.AddRow(
            TextTable.Cell(item.Key.Bank), TextTable.Cell(item.Key.Source), TextTable.Cell(NameOf(item.Status)), TextTable.Cell(item.CompletedState),
            TextTable.Cell(item.NextState), TextTable.Cell(item.Revision), TextTable.Cell(item.Epoch), TextTable.Cell(item.SavedAt));
    }

    public void OnFinished(bool isCut, IReadOnlyList<string> unnamedIds)
    {
        HasUnreadable |= unnamedIds.Count > 0;
        if (json)
        {
            output.WriteJson(
                new ListSummaryLine(OutputJson.SchemaVersion, new ListSummary(Count, isCut, [.. unnamedIds])), OutputJson.Lines.ListSummaryLine);
            return;
        }

        if (Count > 0) TextTable.Write(output, _table);
        foreach (var id in unnamedIds) error.WriteLine(PlainText.OneLine($"unreadable {id}: no record of it tells the key"));
        output.WriteLine(isCut ? $"{Count} checkpoints, and there are more: give --limit or a filter" : $"{Count} checkpoints");
    }

    public static string NameOf(ListedStatus status) => status.ToString().ToLowerInvariant();
}

/// <summary>A line of <c>retain list</c>. The names are a contract.</summary>
internal sealed record ListLine(
    int SchemaVersion, string Bank, string Source, string Status, string? CompletedState, string? NextState, long Revision, long Epoch, string? SavedAt, ErrorJson? Error);

/// <summary>Its last line.</summary>
internal sealed record ListSummaryLine(int SchemaVersion, ListSummary Summary);

/// <summary>How many were listed, whether there are more, and persistence ids whose keys cannot be told.</summary>
internal sealed record ListSummary(int Checkpoints, bool More, ImmutableArray<string> UnnamedIds);
