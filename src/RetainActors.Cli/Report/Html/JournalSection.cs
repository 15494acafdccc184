using System.Globalization;

namespace RetainActors.Cli.Report.Html;

/// <summary>The files of the journal with live and dead bytes.</summary>
internal static class JournalSection
{
    private const int MaxSegments = 200;

    public static void Add(HtmlPage page, ReportModel model)
    {
        if (model.Journal is not { Stats: var stats } journal) return;
        page.Add(
            $"""
            <section id="journal">
            <h2>Journal</h2>
            <p>{Words.Count(stats.Segments.Length, "segment")} of {Format.Bytes(stats.SizeBytes)}: {Words.Count(stats.Records, "record")} of {Words.Count(stats.Ids, "id")}, {Format.Bytes(stats.LiveBytes)} live, {Format.Bytes(stats.DeadBytes)} deleted and still there. {(stats.WasClosedInGoodOrder ? "Closed in good order." : model.Scope.OwnerProcessId is null ? "Not closed in good order; the next open recovers it." : "")}</p>

            """);
        AddFindings(page, journal);
        if (stats.Segments.Length > 0) AddSegments(page, stats);
        if (stats.OtherFiles.Length > 0)
        {
            page.Add($"<p>Beside them, counting for nothing: ");
            foreach (var file in stats.OtherFiles.Take(20)) page.Add($"<span class=\"file\"><bdi>{file.File}</bdi> {Format.Bytes(file.SizeBytes)}</span> ");
            if (stats.OtherFiles.Length > 20) page.Add($"and {Format.Count(stats.OtherFiles.Length - 20)} more");
            page.Add($"</p>\n");
        }

        page.Add($"</section>\n");
    }

    private static void AddFindings(HtmlPage page, ReportJournal journal)
    {
        if (journal.Findings.IsEmpty) return;
        page.Add($"<div class=\"scroll\"><table><thead><tr><th>damage</th><th>file</th><th>offset</th><th>expected</th><th>id</th></tr></thead><tbody>\n");
        foreach (var place in journal.Findings)
            page.Add($"<tr><td class=\"bad\">{place.Kind}</td><td><bdi>{Path.GetFileName(place.File)}</bdi></td><td>{place.Offset}</td><td>{place.Expectation}</td><td><bdi>{place.Id}</bdi></td></tr>\n");
        page.Add($"</tbody></table></div>\n");
        var rest = journal.Stats.Findings - journal.Findings.Length;
        if (rest > 0) page.Add($"<p class=\"rest\">and {Format.Count(rest)} more: retain log verify</p>\n");
    }

    private static void AddSegments(HtmlPage page, Output.StatsDocument stats)
    {
        page.Add($"<div class=\"scroll\"><table class=\"num\"><thead><tr><th>segment</th><th>state</th><th>compacted</th><th>records</th><th>size</th><th>live</th><th>deleted</th><th>live | deleted | free</th></tr></thead><tbody>\n");
        // The newest, among which is the one that is written.
        foreach (var segment in stats.Segments.TakeLast(MaxSegments))
        {
            var size = Math.Max(1, segment.SizeBytes);
            page.Add(
                $"""<tr><th>{(segment.FirstNumber == segment.Number ? "" : Text(segment.FirstNumber) + "–")}{Text(segment.Number)}</th><td>{(segment.IsSealed ? "sealed" : "active")}</td><td>{(segment.Generation == 0 ? "never" : Text(segment.Generation) + " ×")}</td><td>{Format.Count(segment.Records)}</td><td>{Format.Bytes(segment.SizeBytes)}</td><td>{Format.Bytes(segment.LiveBytes)}</td><td>{Format.Bytes(segment.DeadBytes)}</td><td><span class="share" aria-hidden="true"><i class="live" style="width:{100.0 * segment.LiveBytes / size}%"></i><i class="dead" style="width:{100.0 * segment.DeadBytes / size}%"></i></span></td></tr>""");
            page.Add($"\n");
        }

        page.Add($"</tbody></table></div>\n");
        if (stats.Segments.Length > MaxSegments) page.Add($"<p class=\"rest\">the newest {MaxSegments}; {Format.Count(stats.Segments.Length - MaxSegments)} older ones: retain log stats</p>\n");
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
