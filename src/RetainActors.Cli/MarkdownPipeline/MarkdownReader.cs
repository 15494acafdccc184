using System.Collections.Immutable;
using System.Text;
using Markdig;
using Markdig.Extensions.Yaml;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace RetainActors.Cli.MarkdownPipeline;

/// <summary>Markdown text into a <see cref="SourceDocument"/>. Depends on nothing but the text and the source's name.</summary>
internal static class MarkdownReader
{
    private const int MaxTitleLength = 120;
    private const int MaxLinkLength = 2000;

    private static readonly Markdig.MarkdownPipeline Syntax = new MarkdownPipelineBuilder().UseYamlFrontMatter().UsePipeTables().Build();

    /// <summary>Reads the text; one whose blocks are nested absurdly deep is refused.</summary>
    /// <exception cref="UnreadableMarkdownException">The text is valid UTF-8 but no document that can be read.</exception>
    public static SourceDocument Read(string source, string text)
    {
        MarkdownDocument markdown;
        try
        {
            markdown = Markdown.Parse(text, Syntax);
        }
        catch (ArgumentException e)
        {
            throw new UnreadableMarkdownException(e.Message, e); // Markdig's answer to hostile nesting
        }

        var title = TitleOf(markdown) ?? source[(source.LastIndexOf('/') + 1)..];
        var sections = ImmutableArray.CreateBuilder<Section>();
        var current = new SectionInProgress(title);
        foreach (var block in markdown.Descendants().OfType<LeafBlock>())
        {
            if (block.Inline is null) continue; // code, raw HTML, front matter, rules
            if (block is HeadingBlock)
            {
                if (!current.IsEmpty) sections.Add(current.Finished());
                current = new SectionInProgress(HeadingText(block) is { Length: > 0 } heading ? heading : title);
            }

            current.Add(block);
        }

        if (!current.IsEmpty || sections.Count == 0) sections.Add(current.Finished());
        return new SourceDocument(title, sections.ToImmutable());
    }

    private static string? TitleOf(MarkdownDocument markdown)
    {
        var heading = markdown.Descendants().OfType<HeadingBlock>().FirstOrDefault(heading => heading.Level == 1);
        if (heading is not null && HeadingText(heading) is { Length: > 0 } text) return text;
        if (markdown is not [YamlFrontMatterBlock front, ..]) return null;
        var line = front.Lines.Lines.Take(front.Lines.Count).Select(l => l.ToString()).FirstOrDefault(l => l.StartsWith("title:", StringComparison.Ordinal));
        return PlainText.OneLine(line?["title:".Length..] ?? "").Trim(' ', '"', '\'') is { Length: > 0 } title
            ? PlainText.Shorten(title, MaxTitleLength)
            : null;
    }

    private static string HeadingText(LeafBlock heading) => PlainText.Shorten(TextOf(heading.Inline!), MaxTitleLength);

    private static string TextOf(ContainerInline inlines)
    {
        var text = new StringBuilder();
        foreach (var inline in inlines.Descendants<Inline>())
            if (inline.Parent is not LinkInline { IsImage: true })
                text.Append(inline switch
                {
                    LiteralInline literal => literal.Content.AsSpan(),
                    CodeInline code => code.Content,
                    AutolinkInline link => link.Url,
                    HtmlEntityInline entity => entity.Transcoded.AsSpan(),
                    LineBreakInline => " ",
                    _ => default,
                });
        return PlainText.OneLine(text.ToString());
    }

    private sealed class SectionInProgress(string title)
    {
        private readonly ImmutableArray<string>.Builder _sentences = ImmutableArray.CreateBuilder<string>();
        private readonly ImmutableArray<string>.Builder _codeSpans = ImmutableArray.CreateBuilder<string>();
        private readonly ImmutableArray<LinkMention>.Builder _links = ImmutableArray.CreateBuilder<LinkMention>();
        private bool _hasHeading;

        public bool IsEmpty => !_hasHeading && _sentences.Count == 0 && _codeSpans.Count == 0 && _links.Count == 0;

        public Section Finished() => new(title, _sentences.ToImmutable(), _codeSpans.ToImmutable(), _links.ToImmutable());

        public void Add(LeafBlock block)
        {
            if (block is HeadingBlock) _hasHeading = true;
            else _sentences.AddRange(SentenceSplitter.Split(WithoutAlertMark(TextOf(block.Inline!))));

            foreach (var inline in block.Inline!.Descendants())
            {
                if (inline is CodeInline code) _codeSpans.Add(PlainText.OneLine(code.Content));
                else if (inline is AutolinkInline auto) AddLink(auto.Url, auto.IsEmail ? "mailto:" + auto.Url : auto.Url);
                else if (inline is LinkInline { IsImage: false, Url: { } url } link) AddLink(TextOf(link), url);
            }
        }

        private void AddLink(string text, string target)
        {
            target = PlainText.OneLine(target);
            // "[!code-csharp[...]](...)" is the documentation generators' way to include a file, not a link.
            if (target.Length is > 0 and <= MaxLinkLength && !text.StartsWith('!'))
                _links.Add(new LinkMention(title, PlainText.Shorten(text, MaxTitleLength), target));
        }

        /// <summary>Drops the "[!NOTE]" of an alert block.</summary>
        private static string WithoutAlertMark(string text) =>
            text.StartsWith("[!", StringComparison.Ordinal) && text.IndexOf(']', StringComparison.Ordinal) is > 2 and < 20 and var end
                ? text[(end + 1)..]
                : text;
    }
}
