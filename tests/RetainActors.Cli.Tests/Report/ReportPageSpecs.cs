using System.Text;
using System.Text.RegularExpressions;
using RetainActors.Cli.Report;
using RetainActors.Cli.Report.Html;

namespace RetainActors.Cli.Tests.Report;

public sealed partial class ReportPageSpecs
{
    [Fact(DisplayName = "Whatever is put into a page should be text there: no tag, no attribute, no character that hides or turns others")]
    public void Escaping()
    {
        var page = new HtmlPage();
        page.Add($"<p title=\"{ReportSamples.Hostile}\">{"a\ud800b"}</p>");

        Assert.Equal(
            "<p title=\"&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;⟨U+000A⟩⟨U+202E⟩txt⟨U+0000⟩\\ud800\">a\uFFFDb</p>", Encoding.UTF8.GetString(page.ToUtf8()));
    }

    [Fact(DisplayName = "A page should have no script, load nothing, and hold hostile ids only as text")]
    public void Self_contained()
    {
        var html = Render(ReportSamples.OneOfEach());

        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain('\u202E', html);
        Assert.DoesNotContain('\0', html);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", html, StringComparison.Ordinal);
        // Nothing that loads: every reference is a place on the page or empty data, and style sheets have none.
        Assert.All(References().Matches(html), reference => Assert.Matches("^(#[a-z0-9]+|data:,)$", reference.Groups[2].Value));
        Assert.DoesNotMatch("url\\(|@import|https?://", html);
        Assert.DoesNotMatch("\\son[a-z]+=", html);
        Assert.Contains("default-src 'none'", html, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Tags should be balanced, ids unique, and every link lead to a place that is there")]
    public void Well_formed()
    {
        var html = Render(ReportSamples.OneOfEach());
        var open = new Stack<string>();
        foreach (Match tag in Tags().Matches(html[html.IndexOf("<html", StringComparison.Ordinal)..]))
        {
            var name = tag.Groups[2].Value;
            if (name is "meta" or "link") continue;
            if (tag.Groups[1].Length == 0) open.Push(name);
            else Assert.Equal(open.Pop(), name);
        }

        Assert.Empty(open);
        var ids = Ids().Matches(html).Select(id => id.Groups[1].Value).ToList();
        Assert.Equal(ids.Distinct(), ids);
        Assert.All(Links().Matches(html).Select(link => link.Groups[1].Value), link => Assert.Contains(link, ids));
    }

    [Fact(DisplayName = "A page should say what was read, the findings with their commands, runs, diffs, segments and how to rewind and resume")]
    public void Content()
    {
        var html = Render(ReportSamples.OneOfEach()).Replace("<span>", "", StringComparison.Ordinal).Replace("</span>", "", StringComparison.Ordinal);

        foreach (var text in new[]
        {
            "as of <b>2026-03-01 12:00:00 UTC</b>", "read beside process 4711", "1 source parked", "Mend what the cause says. Then unpark", "retain unpark --root &#39;/srv/retain data&#39; demo nested.md",
            "stopped or killed", "Resuming saved 3.1 s of work: 3 steps of earlier attempts did not run again.", "resumed at PUBLISH, 56.9 s later: completed after 501 ms",
            "What revision 7 changed", "retain rewind --root &#39;/srv/retain data&#39; demo lost.md 4", "retain run --root &#39;/srv/retain data&#39; --bank demo FOLDER",
            "2 segments of 2.9 MiB", "width:65%", "00000000000000000001.torn", "rewind to 2", "older ones: retain history with --before 5", "branch FACTS",
        })
            Assert.Contains(text, html, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A sound journal with completed runs alone should say that nothing needs attention")]
    public void Fine()
    {
        var builder = ReportSamples.Builder(findings: 0);
        builder.Add(ReportSamples.Full(ReportSamples.Completed(new CheckpointKey("b", "s")), ReportSamples.Now));
        Assert.Contains("Nothing needs attention", Render(builder.Finish()), StringComparison.Ordinal);
        Assert.Contains("There is no checkpoint to show", Render(ReportSamples.Builder(findings: 0).Finish()), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "10,000 sources should all be in the tables, some in full, the rest counted, and the file stay below 4 MiB")]
    public void Many()
    {
        var html = Render(ManySources.Model(10_000));

        Assert.InRange(html.Length, 1, 4 * 1024 * 1024);
        Assert.Contains("9\u202F900 sources not shown in full: give --bank and --source for one of them", html, StringComparison.Ordinal);
        Assert.Equal(100, html.Split("<details class=\"checkpoint\"").Length - 1);
        var rows = Rows().Matches(html).Select(row => row.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(Enumerable.Range(0, 10_000).Select(ManySources.NameOf).Order(StringComparer.Ordinal), rows.Order(StringComparer.Ordinal));
        Assert.Contains("of them</summary>", html, StringComparison.Ordinal);
    }

    private static string Render(ReportModel model) => Encoding.UTF8.GetString(ReportPage.Render(model));

    [GeneratedRegex(@"\s(href|src|srcset|action|data|poster)=""([^""]*)""")]
    private static partial Regex References();

    [GeneratedRegex("<(/?)([a-z][a-z0-9]*)[^>]*>")]
    private static partial Regex Tags();

    [GeneratedRegex(@"\sid=""([^""]*)""")]
    private static partial Regex Ids();

    [GeneratedRegex("<tr><td>(?:<a href=\"#c[0-9]+\">)?<bdi>([^<]*)</bdi>")]
    private static partial Regex Rows();

    [GeneratedRegex(@"href=""#([^""]*)""")]
    private static partial Regex Links();
}
