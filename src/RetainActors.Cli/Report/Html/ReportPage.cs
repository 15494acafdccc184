namespace RetainActors.Cli.Report.Html;

/// <summary>The report as one HTML file: it loads nothing and runs no script.</summary>
internal static class ReportPage
{
    private static readonly string Style = ReadStyle();

    public static byte[] Render(ReportModel model)
    {
        var page = new HtmlPage();
        var places = new CheckpointAnchors(model.Checkpoints);
        page.Add(
            $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
            <link rel="icon" href="data:,">
            <title>Retain report: {model.Scope.Root}</title>

            """);
        page.AddStyle(Style);
        page.Add($"</head>\n<body>\n<main>\n");
        Head(page, model);
        FindingsSection.Add(page, model, places);
        BanksSection.Add(page, model, places);
        StatesSection.Add(page, model);
        JournalSection.Add(page, model);
        CheckpointsSection.Add(page, model, places);
        page.Add($"</main>\n</body>\n</html>\n");
        return page.ToUtf8();
    }

    private static void Head(HtmlPage page, ReportModel model)
    {
        var scope = model.Scope;
        var choice = string.Join(", ", new[] { scope.Bank is { } bank ? $"bank {bank}" : null, scope.Source is { } source ? $"source {source}" : null }.Where(part => part is not null));
        page.Add(
            $"""
            <header>
            <p class="kind">Retain report</p>
            <h1><bdi>{scope.Root}</bdi></h1>
            <p class="meta"><span>as of <b>{Format.Time(model.AsOf)} UTC</b></span> <span>{(scope.HighestPosition is { } position ? $"journal to position {Format.Count(position)}" : "the database of a cluster")}</span> <span>{(model.Journal is null ? "read beside its nodes" : Owner(scope.OwnerProcessId))}</span>
            """);
        if (choice.Length > 0) page.Add($" <span>only <bdi>{choice}</bdi></span>");
        page.Add($"</p>\n<dl class=\"tiles\">\n");
        Tile(page, "sources", scope.SourcesInAll, "");
        Tile(page, "banks", scope.BanksInAll, "");
        foreach (var trouble in Enum.GetValues<ReportTrouble>().Where(trouble => trouble != ReportTrouble.None))
        {
            var count = model.Findings.Where(finding => finding.Trouble == trouble).Sum(finding => finding.Count);
            if (count > 0) Tile(page, Words.Of(trouble), count, Words.ClassOf(trouble));
        }

        Tile(page, "completed", model.Banks.Sum(each => each.Of("completed")), "completed");
        page.Add(
            $"""
            </dl>
            <nav><a href="#findings">Findings</a> <a href="#banks">Banks</a> <a href="#states">Time per state</a>
            """);
        if (model.Journal is not null) page.Add($" <a href=\"#journal\">Journal</a>");
        page.Add(
            $"""
             <a href="#checkpoints">Checkpoints</a></nav>
            </header>

            """);
    }

    private static string Owner(int? processId) => processId is { } id ? $"read beside process {id}, which owns the root" : "no process owns the root";

    private static void Tile(HtmlPage page, string name, long count, string kind) =>
        page.Add($"<div class=\"tile {kind}\"><dt>{name}</dt><dd>{Format.Count(count)}</dd></div>\n");

    private static string ReadStyle()
    {
        using var stream = typeof(ReportPage).Assembly.GetManifestResourceStream("RetainActors.Cli.report.css")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
