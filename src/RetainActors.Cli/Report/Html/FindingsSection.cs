namespace RetainActors.Cli.Report.Html;

/// <summary>What somebody should look at, with what to do.</summary>
internal static class FindingsSection
{
    private const int FindingsShown = 12;
    private const int FindingsFolded = 200;
    private const int ExamplesShown = 5;

    public static void Add(HtmlPage page, ReportModel model, CheckpointAnchors places)
    {
        page.Add($"<section id=\"findings\">\n<h2>Findings</h2>\n");
        if (model.Findings.IsEmpty) page.Add($"<p class=\"fine\">Nothing needs attention: {(model.Journal is null ? "" : "the journal is sound, and ")}no source is failed, parked, interrupted or stuck.</p>\n");
        foreach (var finding in model.Findings.Take(FindingsShown)) AddOne(page, finding, places);
        if (model.Findings.Length > FindingsShown)
        {
            page.Add($"<details><summary>{Words.Count(model.Findings.Length - FindingsShown, "more finding")}</summary>\n");
            foreach (var finding in model.Findings.Skip(FindingsShown).Take(FindingsFolded)) AddOne(page, finding, places);
            var rest = model.Findings.Length - FindingsShown - FindingsFolded;
            if (rest > 0) page.Add($"<p class=\"rest\">and {Format.Count(rest)} more: give --bank, or take --json</p>\n");
            page.Add($"</details>\n");
        }

        page.Add($"</section>\n");
    }

    private static void AddOne(HtmlPage page, ReportFinding finding, CheckpointAnchors places)
    {
        page.Add($"<article class=\"finding {Words.ClassOf(finding.Trouble)}\">\n<h3>{Title(finding)}");
        if (finding.Bank is { } bank) page.Add($" <small>bank <bdi>{bank}</bdi></small>");
        if (finding.State is { } state) page.Add($" <small>at <b class=\"state\">{state}</b></small>");
        if (finding.LongestAgeSeconds is { } age) page.Add($" <small>{(finding.Count > 1 ? "oldest" : "")} saved {Format.Ago(age)}</small>");
        page.Add($"</h3>\n<p>{finding.ToDo}</p>\n");
        Words.AddCommands(page, finding.Commands);
        AddExamples(page, finding, finding.Examples.Take(ExamplesShown), places);
        var more = finding.Examples.Skip(ExamplesShown).ToList();
        if (more.Count > 0)
        {
            page.Add($"<details><summary>{more.Count} more of them</summary>\n");
            AddExamples(page, finding, more, places);
            page.Add($"</details>\n");
        }

        var rest = finding.Count - finding.Examples.Length;
        if (rest > 0) page.Add($"<p class=\"rest\">and {Format.Count(rest)} more, in the tables below</p>\n");
        page.Add($"</article>\n");
    }

    private static string Title(ReportFinding finding) => finding.Bank is null
        ? $"Journal damaged, {Words.Count(finding.Count, "place")}"
        : $"{Words.Count(finding.Count, "source")} {Words.Of(finding.Trouble)}";

    private static void AddExamples(HtmlPage page, ReportFinding finding, IEnumerable<ReportExample> examples, CheckpointAnchors places)
    {
        page.Add($"<ul class=\"examples\">\n");
        foreach (var example in examples)
        {
            page.Add($"<li>");
            places.AddName(page, finding.Bank, example.Name);
            if (example.Cause is { } cause) page.Add($" <span class=\"cause\">{cause}</span>");
            page.Add($"</li>\n");
        }

        page.Add($"</ul>\n");
    }
}
