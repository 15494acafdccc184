using System.Collections.Immutable;

namespace RetainActors.Cli.MarkdownPipeline;

/// <summary>What was read from one Markdown text, in document order.</summary>
internal sealed record SourceDocument(string Title, ImmutableArray<Section> Sections)
{
    public int WordCount => Sections.Sum(section => section.Sentences.Sum(sentence => sentence.Count(c => c == ' ') + 1));
}

/// <summary>
/// A heading and what stands below it until the next one: prose as sentences of plain text, inline code and links beside
/// it. Code blocks, images and raw HTML are left out.
/// </summary>
internal sealed record Section(
    string Title, ImmutableArray<string> Sentences, ImmutableArray<string> CodeSpans, ImmutableArray<LinkMention> Links);

/// <summary>A link as it was written.</summary>
internal sealed record LinkMention(string Section, string Text, string Target);
