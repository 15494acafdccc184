using System.Collections.Immutable;

namespace RetainActors.Cli.MarkdownPipeline;

/// <summary>Finds the links of a document, each once per section, in document order.</summary>
internal static class LinkExtractor
{
    public const int MaxLinks = 500;

    public static ImmutableArray<LinkMention> Extract(SourceDocument document) =>
        [.. document.Sections.SelectMany(section => section.Links).Distinct().Take(MaxLinks)];
}
