using RetainActors.Cli.MarkdownPipeline;

namespace RetainActors.Cli.Tests.MarkdownPipeline;

public sealed class MarkdownReaderSpecs
{
    [Fact(DisplayName = "MarkdownReader should read sections, sentences, inline code and links, and skip code, images and front matter")]
    public void Sections()
    {
        var document = MarkdownReader.Read("tides.md", Handbook.Texts["tides.md"]);

        Assert.Equal("Tides", document.Title);
        var section = Assert.Single(document.Sections);
        Assert.Equal("Tide Table", section.Title);
        Assert.Equal(
            [
                "The Tide Table is printed every January.",
                "See the Harbour Office for a copy.",
                "High water is about two metres above low water, e.g. at the North Pier.",
                "How high is it in a storm?",
                "Nobody knows.",
                "The North Pier must be closed above three metres.",
                "BerthList and tide_gauge() are updated together.",
            ],
            section.Sentences.AsEnumerable());
        Assert.Equal(["BerthList", "tide_gauge()"], section.CodeSpans.AsEnumerable());
        Assert.Equal([new LinkMention("Tide Table", "Harbour Office", "README.md#harbour-office")], section.Links.AsEnumerable());
    }

    [Theory(DisplayName = "MarkdownReader should find a title in the first heading, the front matter, or the name")]
    [InlineData("text\n\n# One `Two`\n", "One Two")]
    [InlineData("---\ntitle: \"Front\"\n---\ntext", "Front")]
    [InlineData("text", "b.md")]
    [InlineData("#\n\ntext", "b.md")]
    [InlineData("---\ntitle:\n---\n", "b.md")]
    public void Title(string text, string title) => Assert.Equal(title, MarkdownReader.Read("a/b.md", text).Title);

    [Fact(DisplayName = "FactExtractor should keep whole statements that can be understood alone")]
    public void Facts()
    {
        var facts = FactExtractor.Extract(MarkdownReader.Read("tides.md", Handbook.Texts["tides.md"])).Select(fact => fact.Text);

        Assert.Equal(
            [
                "The Tide Table is printed every January.",
                "High water is about two metres above low water, e.g. at the North Pier.",
                "The North Pier must be closed above three metres.",
                "BerthList and tide_gauge() are updated together.",
            ],
            facts);
    }

    [Fact(DisplayName = "EntityExtractor should find headings, identifiers, link texts and names, with a quotation each")]
    public void Entities()
    {
        var entities = EntityExtractor.Extract(MarkdownReader.Read("tides.md", Handbook.Texts["tides.md"]));

        Assert.Equal(["BerthList", "Harbour Office", "North Pier", "Tide Table", "tide_gauge"], entities.Select(entity => entity.Name).Order(StringComparer.Ordinal));
        Assert.Equal("High water is about two metres above low water, e.g. at the North Pier.", entities.Single(entity => entity.Name == "North Pier").Mentions[0].Quote);
    }
}
