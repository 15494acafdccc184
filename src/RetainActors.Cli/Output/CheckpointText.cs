using System.Globalization;
using Spectre.Console;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Cli.Output;

/// <summary>A checkpoint for people.</summary>
internal static class CheckpointText
{
    public static void Write(TextWriter output, Loaded loaded)
    {
        var context = loaded.Context;
        output.WriteLine($"{PlainText.OneLine(loaded.Key.Bank)}  {PlainText.OneLine(loaded.Key.Source)}");
        output.WriteLine($"status {context.Status.ToString().ToLowerInvariant()}, revision {loaded.Revision}, epoch {loaded.Epoch}, saved at {loaded.SavedAt}");
        output.WriteLine(context.NextState is { } next
            ? $"completed {PlainText.OneLine(context.CompletedState ?? "nothing yet")}; next {PlainText.OneLine(next)}"
            : $"completed {PlainText.OneLine(context.CompletedState ?? "nothing")}");
        output.WriteLine($"{context.Entities.Length} entities, {context.WikisCreated.Length} pages created, {context.WikisUpdated.Length} updated");
        foreach (var error in context.Errors) output.WriteLine($"error {PlainText.OneLine(error)}");
        if (context.StepLog.IsEmpty) return;

        output.WriteLine();
        var table = new Table().Border(TableBorder.Simple).AddColumn("attempt").AddColumn("state").AddColumn("started (UTC)").AddColumn(new TableColumn("ms").RightAligned()).AddColumn("notes");
        foreach (var step in context.StepLog)
            table.AddRow(
                TextTable.Cell(step.Attempt),
                TextTable.Cell(step.State),
                TextTable.Cell(step.StartedAt),
                TextTable.Cell(step.DurationMs?.ToString("0.0", CultureInfo.InvariantCulture) ?? ""),
                TextTable.Cell(step.Error ?? string.Join(", ", step.Notes.Select(note => $"{note.Key} {NoteOf(note.Value)}"))));
        TextTable.Write(output, table);
    }

    private static string NoteOf(System.Text.Json.JsonElement note) =>
        note.ValueKind == System.Text.Json.JsonValueKind.Array ? note.GetArrayLength().ToString(CultureInfo.InvariantCulture) : note.ToString();
}
