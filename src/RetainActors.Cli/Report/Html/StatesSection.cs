namespace RetainActors.Cli.Report.Html;

/// <summary>How long the states took, over all sources of a bank.</summary>
internal static class StatesSection
{
    private const int MaxRows = 500;
    private const int BanksUnfolded = 2;

    public static void Add(HtmlPage page, ReportModel model)
    {
        page.Add($"<section id=\"states\">\n<h2>Time per state</h2>\n");
        if (model.States.IsEmpty) page.Add($"<p>No step was measured.</p>\n");
        foreach (var (bank, index) in model.States.Take(MaxRows).GroupBy(state => state.Bank, StringComparer.Ordinal).Select((bank, index) => (bank, index)))
        {
            page.Add($"<details{(index < BanksUnfolded ? " open" : "")}><summary><h3><bdi>{bank.Key}</bdi></h3></summary>\n<div class=\"scroll\"><table class=\"num\"><thead><tr><th>state</th><th>p50</th><th>p95</th><th>max</th><th>in all</th><th>steps</th><th>failed</th><th>≤ 1 ms to &gt; 10 min</th></tr></thead><tbody>\n");
            foreach (var state in bank) AddState(page, state);
            page.Add($"</tbody></table></div>\n</details>\n");
        }

        if (model.States.Length > MaxRows) page.Add($"<p class=\"rest\">{Format.Count(model.States.Length - MaxRows)} more states: give --bank, or take --json.</p>\n");
        if (!model.States.IsEmpty)
            page.Add($"<p class=\"rest\">Steps of the latest runs that succeeded. Each small bar is ten times as long as the one before it: up to 1 ms, 10 ms, 100 ms, 1 s, 10 s; then 1 min, 10 min and more.</p>\n");
        page.Add($"</section>\n");
    }

    private static void AddState(HtmlPage page, ReportStateTimes state)
    {
        page.Add($"<tr><th class=\"state\">{Words.Step(state.State)}</th>");
        if (state.Steps == 0) page.Add($"<td class=\"zero\">·</td><td class=\"zero\">·</td><td class=\"zero\">·</td><td class=\"zero\">·</td>");
        else
            page.Add($"<td>{Format.Duration(state.P50Ms)}</td><td>{Format.Duration(state.P95Ms)}</td><td>{Format.Duration(state.MaxMs)}</td><td>{Format.Duration(state.TotalMs)}</td>");
        page.Add($"<td>{Format.Count(state.Steps)}</td><td class=\"{(state.Failures > 0 ? "bad" : "zero")}\">{(state.Failures > 0 ? Format.Count(state.Failures) : "·")}</td><td><span class=\"bars\" aria-hidden=\"true\">");
        var most = Math.Max(1, state.ByDuration.Max());
        foreach (var count in state.ByDuration)
        {
            // What is there can be seen, however few it is.
            if (count > 0) page.Add($"<i style=\"height:{Math.Max(8, 100.0 * count / most)}%\"></i>");
            else page.Add($"<i></i>");
        }

        page.Add($"</span></td></tr>\n");
    }
}
