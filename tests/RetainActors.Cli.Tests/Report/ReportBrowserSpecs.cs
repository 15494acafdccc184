using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using RetainActors.Cli.Report.Html;

namespace RetainActors.Cli.Tests.Report;

/// <summary>The page in a real browser, at the width of a desk and of a phone.</summary>
public sealed partial class ReportBrowserSpecs : IDisposable
{
    /// <summary>Opens everything that is folded and tells the frame's width, the document's, and what was loaded.</summary>
    private const string Probe = """
        <script>
        addEventListener('load', () => {
          for (const part of document.querySelectorAll('details')) part.open = true;
          const page = document.documentElement;
          parent.postMessage({ view: page.clientWidth, document: page.scrollWidth, loaded: performance.getEntriesByType('resource').map(each => each.name), text: document.body.innerText.length }, '*');
        });
        </script>
        """;

    private const string Frames = """
        <!doctype html><iframe src="probe.html" style="border:0;width:1280px;height:900px"></iframe><iframe src="probe.html" style="border:0;width:390px;height:900px"></iframe>
        <script>
        const told = [];
        addEventListener('message', message => { told.push(message.data); document.body.dataset.told = encodeURIComponent(JSON.stringify(told)); });
        </script><body></body>
        """;

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [SkippableTheory(DisplayName = "In a browser a report should say nothing on the console, load nothing, and never be wider than the window")]
    [InlineData("hostile")]
    [InlineData("long")]
    [InlineData("many")]
    public async Task Browser(string sample)
    {
        Chromium.Require();
        var html = Encoding.UTF8.GetString(ReportPage.Render(sample switch
        {
            "many" => ManySources.Model(1000),
            "long" => ReportSamples.LongNames(),
            _ => ReportSamples.OneOfEach(),
        }));

        var (document, log) = await Chromium.OpenAsync(_directory.Write("report.html", html));
        Assert.DoesNotContain("CONSOLE", log, StringComparison.Ordinal);
        Assert.Contains("</main>", document, StringComparison.Ordinal);

        foreach (var frame in await MeasureAsync(html))
        {
            Assert.Equal(frame.GetProperty("view").GetInt32(), frame.GetProperty("document").GetInt32());
            Assert.Empty(frame.GetProperty("loaded").EnumerateArray());
            Assert.True(frame.GetProperty("text").GetInt32() > 1000);
        }
    }

    [SkippableFact(DisplayName = "The same check should notice a page that is too wide, loads something and complains")]
    public async Task Control()
    {
        Chromium.Require();
        const string bad = "<!doctype html><head></head><img src=\"http://127.0.0.1:9/missing.png\"><div style=\"width:3000px\">wide</div><script>console.error('complaint')</script>";

        var (_, log) = await Chromium.OpenAsync(_directory.Write("bad.html", bad));
        Assert.Contains("CONSOLE", log, StringComparison.Ordinal);

        var frames = await MeasureAsync(bad);
        Assert.Equal([1280, 390], frames.Select(frame => frame.GetProperty("view").GetInt32()).OrderDescending());
        Assert.All(frames, frame => Assert.True(frame.GetProperty("document").GetInt32() >= 3000));
        Assert.All(frames, frame => Assert.Single(frame.GetProperty("loaded").EnumerateArray()));
    }

    /// <summary>What frames of both widths say of a page that was given the probe, which the page itself would not let run.</summary>
    private async Task<IReadOnlyList<JsonElement>> MeasureAsync(string html)
    {
        _directory.Write("probe.html", Policy().Replace(html, "").Replace("</head>", Probe + "</head>", StringComparison.Ordinal));
        var (document, _) = await Chromium.OpenAsync(_directory.Write("frames.html", Frames));
        var told = Told().Match(document);
        Assert.True(told.Success, "the frames have said nothing");
        var frames = JsonDocument.Parse(Uri.UnescapeDataString(told.Groups[1].Value)).RootElement.EnumerateArray().ToList();
        Assert.Equal(2, frames.Count);
        return frames;
    }

    [GeneratedRegex("<meta http-equiv=\"Content-Security-Policy\"[^>]*>")]
    private static partial Regex Policy();

    [GeneratedRegex("data-told=\"([^\"]*)\"")]
    private static partial Regex Told();
}
