using System.Globalization;
using System.Text;
using RetainActors.Storage;
using Spectre.Console;

namespace RetainActors.Cli.Output;

/// <summary>What was found in a log, for people.</summary>
internal static class LogText
{
    /// <summary>The bytes of records that are deleted, headers of the file left aside.</summary>
    public static long DeadBytesOf(InspectedSegment segment) => segment.RecordBytes - Math.Min(segment.LiveBytes, segment.RecordBytes);

    /// <summary>Where something is wrong, and what should be there.</summary>
    public static string Of(LogFinding finding) => PlainText.OneLine(finding.Kind == StorageFailure.SegmentMissing
        ? $"{finding.Kind} {finding.File} is missing: {finding.Expectation}"
        : $"{finding.Kind} {finding.File} at offset {finding.Offset}: expected {finding.Expectation}");

    public static string Summary(LogInspection inspection)
    {
        var text = new StringBuilder();
        foreach (var note in inspection.Notes) Line($"note {note.File} at offset {note.Offset}: {note.Text}");
        if (inspection.OwnerProcessId is { } owner) Line($"note: process {owner} owns the journal; this is what was durable while it ran");
        Line($"{Count(inspection.Findings, "finding")} in {Count(inspection.Segments.Count, "segment")}, {inspection.Records} records, {inspection.Segments.Sum(segment => segment.SizeBytes)} bytes");
        return text.ToString();

        void Line(string line) => text.Append(PlainText.OneLine(line)).Append('\n');
    }

    public static string CompactionPlan(LogInspection inspection, IReadOnlyList<IReadOnlyList<InspectedSegment>> runs)
    {
        var text = new StringBuilder();
        foreach (var segment in runs.SelectMany(run => run))
            Line($"would rewrite {segment.File}: {segment.SizeBytes} bytes, {DeadBytesOf(segment)} of them of deleted records");
        if (inspection.OwnerProcessId is { } owner) Line($"note: process {owner} owns the journal; stop it before you compact, or let it compact by itself");
        Line($"{runs.Sum(run => run.Count)} of {Count(inspection.Segments.Count, "segment")} would become {runs.Count}, at least "
            + $"{runs.SelectMany(run => run).Sum(DeadBytesOf)} of {inspection.Segments.Sum(segment => segment.SizeBytes)} bytes would be won");
        return text.ToString();

        void Line(string line) => text.Append(PlainText.OneLine(line)).Append('\n');
    }

    public static string Compaction(CompactionReport report, LogStatistics after) =>
        $"{Count(report.RewrittenSegments, "segment")} rewritten, {report.ReclaimedBytes} bytes won; {Count(after.Segments, "segment")} of {after.TotalBytes} bytes are left\n";

    public static void WriteStats(TextWriter output, LogInspection inspection)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("segment");
        foreach (var column in new[] { "generation", "bytes", "records", "live bytes", "dead bytes" }) table.AddColumn(new TableColumn(column).RightAligned());
        table.AddColumn("state");
        foreach (var segment in inspection.Segments)
            table.AddRow(
                TextTable.Cell(segment.FirstNumber == segment.Number ? Text(segment.Number) : $"{Text(segment.FirstNumber)}-{Text(segment.Number)}"),
                TextTable.Cell(segment.Generation), TextTable.Cell(segment.SizeBytes), TextTable.Cell(segment.Records), TextTable.Cell(segment.LiveBytes),
                TextTable.Cell(DeadBytesOf(segment)), TextTable.Cell(segment.IsSealed ? "sealed" : "active"));
        TextTable.Write(output, table);
        output.WriteLine($"{inspection.Ids} ids, {inspection.Records} records, highest position {inspection.HighestPosition}");
        foreach (var file in inspection.OtherFiles) output.WriteLine(PlainText.OneLine($"put aside: {file.File}, {file.SizeBytes} bytes"));
    }

    /// <summary>A number of things, in words that agree with it.</summary>
    public static string Count(long number, string thing) => number == 1 ? $"1 {thing}" : $"{Text(number)} {thing}s";

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
