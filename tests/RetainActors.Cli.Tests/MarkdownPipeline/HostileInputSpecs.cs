using CsCheck;
using Markdig;
using Markdig.Extensions.EmphasisExtras;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using RetainActors.Cli.MarkdownPipeline;
using RetainActors.Runs;
using RetainActors.Storage;

namespace RetainActors.Cli.Tests.MarkdownPipeline;

public sealed class HostileInputSpecs
{
    /// <summary>What widespread readers understand beside CommonMark.</summary>
    private static readonly Markdig.MarkdownPipeline Reader = new MarkdownPipelineBuilder()
        .UsePipeTables().UseGridTables().UseEmphasisExtras(EmphasisExtraOptions.Strikethrough).UseAutoLinks().UseTaskLists().UseFootnotes()
        .UseAlertBlocks().UseMathematics().UseYamlFrontMatter().Build();

    private const string Attack = """
        # Evil <script>alert(1)</script> Title

        The `Widget<script>` is a <b onclick="alert(1)">bold</b> Widget Thing, &lt;img src=x onerror=alert(1)&gt; it is.

        The [Widget Thing](javascript:alert(1)) has a ![Evil Image](javascript:alert(2)) and is **very** bad [Safe Site](https://example.org/a_(b)).

        [Widget Thing](data:text/html;base64,PHNjcmlwdD4=) is here. <Https://example.com/x> and vbscript:msgbox(1) are bad too.

        > The Widget Thing \# is `quoted` \<script\> and *has* [brackets](x.md) in \[it\].

        <details open ontoggle=alert(1)>The Widget Thing is hidden here.</details>

        Setext Thing
        ============

        \---
        """;

    [Fact(DisplayName = "Raw HTML and script links of a document should never become active in the pages")]
    public async Task Active_content()
    {
        var files = new MemoryFileSystem();
        await using var driver = new PipelineDriver(files);
        await driver.RunAsync("evil](javascript:x) <script>.md", Attack);

        foreach (var path in driver.Files.List(BankFiles.Wiki).Select(name => "wiki/" + name).Append(BankFiles.Index).Append(BankFiles.Log))
            AssertInert(path, driver.Text(path));
        Assert.Contains("https://example.org/a_%28b%29", driver.Text("wiki/safe-site.md"), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Escaped text should be read back as the same text, whatever it holds")]
    public void Escape_round_trip()
    {
        var marks = Gen.String[Gen.Char["<>&\\`*_[]()#+-=.!|~:/1a \n\"'^"], 1, 12];
        Gen.OneOf(marks, Gen.String).Sample(text =>
        {
            var expected = PlainText.OneLine(text);
            if (expected.Length == 0 || expected.Any(char.IsSurrogate)) return;
            var document = Markdown.Parse("> " + MarkdownText.Escape(text), Reader);
            var paragraph = Assert.IsType<ParagraphBlock>(Assert.Single(Assert.IsType<QuoteBlock>(Assert.Single(document))));
            Assert.All(paragraph.Inline!.Descendants<Inline>(), inline => Assert.True(inline is LiteralInline or HtmlEntityInline, $"{inline.GetType().Name} from '{text}'"));
            var read = string.Concat(paragraph.Inline!.Descendants<Inline>().Select(inline => inline is HtmlEntityInline entity ? entity.Transcoded.ToString() : inline.ToString()));
            Assert.Equal(expected, read);
        });
    }

    [Fact(DisplayName = "A text that takes too long to parse should fail its source by name")]
    public async Task Too_slow()
    {
        await using var writer = new BankWriter(new BankFiles(new MemoryFileSystem(), "/root", "b"), "b");
        var states = new MarkdownStates(writer, TimeSpan.Zero, readLimit: TimeSpan.Zero).BuildTable();
        Assert.True(states.TryGet(MarkdownStates.Read, out var read));
        var key = new CheckpointKey("b", "a.md");
        var text = string.Concat(Enumerable.Repeat("![](", 8000));

        var result = await read.Handler(new StateScope(key, text, MarkdownStates.Read), new RetainContext(key), CancellationToken.None);

        Assert.Contains("cannot be read as Markdown within", Assert.IsType<Transition.Failed>(result.Transition).Reason, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "Hostile Markdown should be read or refused in bounded time")]
    [InlineData("[", 20000)]
    [InlineData("> ", 20000)]
    [InlineData("- ", 20000)]
    [InlineData("*a ", 20000)]
    [InlineData("`", 20001)]
    [InlineData("![](", 4000)]
    [InlineData("<a ", 20000)]
    [InlineData("A Bc. ", 50000)]
    [InlineData("Aaaa", 100000)]
    [InlineData("| ", 20000)]
    [InlineData("# H\n", 20000)]
    public void Bounded(string piece, int count)
    {
        var text = string.Concat(Enumerable.Repeat(piece, count));
        SourceDocument document;
        try
        {
            document = MarkdownReader.Read("a.md", text);
        }
        catch (UnreadableMarkdownException)
        {
            return;
        }

        Assert.True(EntityExtractor.Extract(document).Length <= EntityExtractor.MaxEntities);
        Assert.True(FactExtractor.Extract(document).Length <= FactExtractor.MaxFacts);
        Assert.True(LinkExtractor.Extract(document).Length <= LinkExtractor.MaxLinks);
    }

    private static void AssertInert(string path, string page)
    {
        var document = Markdown.Parse(page, Reader);
        Assert.Empty(document.Descendants<HtmlBlock>());
        Assert.Empty(document.Descendants<HtmlInline>());
        Assert.Empty(document.Descendants<AutolinkInline>());
        Assert.All(document.Descendants<LinkInline>(), link =>
        {
            Assert.False(link.IsImage);
            Assert.Matches(@"^(https://example\.(org|com)/|\.\./(sources|index)|sources/|wiki/|facts\.jsonl$|[a-z0-9~.-]+\.md$)", link.Url);
        });
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.True(page.Length > 0, path);
    }
}
