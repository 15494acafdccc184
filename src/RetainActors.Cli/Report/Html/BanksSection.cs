namespace RetainActors.Cli.Report.Html;

/// <summary>Where the sources of each bank stand: by state and age, each as a square, and all as a table in folded parts.</summary>
internal static class BanksSection
{
    private const int MaxBanks = 200;
    private const int MaxSquares = 1200;
    private const int RowsInPart = 500;
    private const int BanksUnfolded = 3;

    private static readonly string[] Statuses = ["running", "completed", "failed", "parked", "unreadable"];

    public static void Add(HtmlPage page, ReportModel model, CheckpointAnchors places)
    {
        page.Add($"<section id=\"banks\">\n<h2>Banks</h2>\n");
        if (model.Banks.IsEmpty) page.Add($"<p>There is no checkpoint to show.</p>\n");
        if (model.Banks.Length > 1) AddOverview(page, model);
        if (!model.Banks.IsEmpty)
            page.Add($"<p class=\"rest\">Each square is a source: red has failed, is parked or damaged; amber does not move; blue is on its way; green is completed. The worst come first.</p>\n");
        var sources = model.Sources.ToLookup(source => source.Bank, StringComparer.Ordinal);
        foreach (var (bank, index) in model.Banks.Take(MaxBanks).Select((bank, index) => (bank, index)))
            AddBank(page, bank, [.. sources[bank.Bank]], places, isOpen: index < BanksUnfolded && (model.Banks.Length == 1 || sources[bank.Bank].Any(source => source.Trouble != ReportTrouble.None)));
        if (model.Banks.Length > MaxBanks)
            page.Add($"<p class=\"rest\">{Format.Count(model.Banks.Length - MaxBanks)} more banks are not shown here: give --bank, or take --json.</p>\n");
        if (model.SourcesLeftOut > 0)
            page.Add($"<p class=\"rest\">{Format.Count(model.SourcesLeftOut)} more sources have no row; they are counted above. Give --bank or --source, or take retain list.</p>\n");
        page.Add($"</section>\n");
    }

    private static void AddOverview(HtmlPage page, ReportModel model)
    {
        page.Add($"<div class=\"scroll\"><table class=\"num\"><thead><tr><th>bank</th><th>sources</th>");
        foreach (var status in Statuses) page.Add($"<th>{status}</th>");
        page.Add($"</tr></thead><tbody>\n");
        foreach (var bank in model.Banks.Take(MaxBanks))
        {
            page.Add($"<tr><th><bdi>{bank.Bank}</bdi></th><td>{Format.Count(bank.Sources)}</td>");
            foreach (var status in Statuses) AddNumber(page, bank.Of(status), status is "failed" or "parked" or "unreadable" ? "bad" : "");
            page.Add($"</tr>\n");
        }

        page.Add($"</tbody></table></div>\n");
    }

    private static void AddBank(HtmlPage page, ReportBank bank, IReadOnlyList<ReportSource> rows, CheckpointAnchors places, bool isOpen)
    {
        page.Add($"<details class=\"bank\"{(isOpen ? " open" : "")}><summary><h3><bdi>{bank.Bank}</bdi> <small>{Words.Count(bank.Sources, "source")}</small></h3></summary>\n");
        AddSquares(page, rows, places);
        AddAges(page, bank);
        foreach (var part in rows.Where(row => row.Trouble != ReportTrouble.None).Chunk(RowsInPart)) AddPart(page, part, "with findings", places);
        foreach (var part in rows.Where(row => row.Trouble == ReportTrouble.None).Chunk(RowsInPart)) AddPart(page, part, "without", places);
        page.Add($"</details>\n");
    }

    private static void AddPart(HtmlPage page, ReportSource[] part, string what, CheckpointAnchors places)
    {
        page.Add($"<details class=\"rows\"><summary>{Words.Count(part.Length, "source")} {what}");
        if (part.Length > 1) page.Add($", <bdi>{part[0].Source}</bdi> to <bdi>{part[^1].Source}</bdi>");
        page.Add($"</summary>\n");
        AddRows(page, part, places);
        page.Add($"</details>\n");
    }

    private static void AddSquares(HtmlPage page, IReadOnlyList<ReportSource> rows, CheckpointAnchors places)
    {
        page.Add($"<div class=\"squares\">");
        foreach (var source in rows.Take(MaxSquares))
        {
            if (places.NumberOf(source.Bank, source.Source) is { } number)
                page.Add($"<a href=\"#c{number}\" class=\"{Words.ClassOf(source)}\" title=\"{source.Source}: {Words.Of(source)}\"></a>");
            else page.Add($"<i class=\"{Words.ClassOf(source)}\"></i>");
        }

        page.Add($"</div>\n");
        if (rows.Count > MaxSquares) page.Add($"<p class=\"rest\">a square for each of the first {Format.Count(MaxSquares)} sources</p>\n");
    }

    private static void AddAges(HtmlPage page, ReportBank bank)
    {
        page.Add($"<div class=\"scroll\"><table class=\"num ages\"><thead><tr><th>stands at</th><th>sources</th>");
        // Unknown ages are rare enough to have a column only where there are some.
        var columns = bank.Standings.Any(standing => standing.ByAge[^1] > 0) ? AgeBuckets.Names.Count : AgeBuckets.Names.Count - 1;
        foreach (var name in AgeBuckets.Names.Take(columns)) page.Add($"<th>{(name is "older" or "unknown" ? name : "≤ " + name)}</th>");
        page.Add($"</tr></thead><tbody>\n");
        foreach (var standing in bank.Standings)
        {
            page.Add($"<tr><th>{standing.Status}{(standing.State is null ? "" : " at ")}<b class=\"state\">{standing.State}</b></th><td>{Format.Count(standing.Total)}</td>");
            foreach (var count in standing.ByAge.Take(columns)) AddNumber(page, count, "");
            page.Add($"</tr>\n");
        }

        page.Add($"</tbody></table></div>\n<p class=\"rest\">by the time since the last save</p>\n");
    }

    private static void AddRows(HtmlPage page, IReadOnlyList<ReportSource> rows, CheckpointAnchors places)
    {
        page.Add($"<div class=\"scroll\"><table><thead><tr><th>source</th><th>stands</th><th>next</th><th>saved</th><th>revision</th><th>attempts</th><th>cause</th></tr></thead><tbody>\n");
        foreach (var source in rows)
        {
            page.Add($"<tr><td>");
            places.AddName(page, source.Bank, source.Source);
            page.Add($"</td><td class=\"{Words.ClassOf(source)}\">{Words.Of(source)}</td><td class=\"state\">{source.NextState}</td><td>{Format.Age(source.AgeSeconds)}</td>");
            page.Add($"<td>{source.Revision}</td><td>{source.Attempts}</td><td class=\"cause\">{source.Cause}</td></tr>\n");
        }

        page.Add($"</tbody></table></div>\n");
    }

    private static void AddNumber(HtmlPage page, int number, string kind)
    {
        if (number == 0) page.Add($"<td class=\"zero\">·</td>");
        else page.Add($"<td class=\"{kind}\">{Format.Count(number)}</td>");
    }
}
