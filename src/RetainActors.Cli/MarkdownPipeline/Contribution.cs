using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace RetainActors.Cli.MarkdownPipeline;

/// <summary>What one source adds to its bank.</summary>
internal sealed record Contribution(
    string TextSha256,
    string Title,
    int SectionCount,
    ImmutableArray<Fact> Facts,
    ImmutableArray<Entity> Entities,
    ImmutableArray<LinkMention> Links);

/// <summary>A sentence that states something, with the entities it names.</summary>
internal sealed record Fact(string Section, string Text, ImmutableArray<string> Entities);

/// <summary>A thing the source speaks about, spelled as it is spelled there most often.</summary>
internal sealed record Entity(string Name, ImmutableArray<Mention> Mentions)
{
    /// <summary>The identity of the entity, and of its page, across sources.</summary>
    [JsonIgnore]
    public string Key { get; } = EntityKey.Of(Name);
}

/// <summary>Where a source mentions an entity; the quote is empty where only a heading does.</summary>
internal sealed record Mention(string Section, string Quote);

/// <summary>
/// The parts of a contribution that are finished for a text, while its run is on the way. Nothing of it is shown before
/// the run publishes it.
/// </summary>
internal sealed record Draft(
    string TextSha256,
    ImmutableArray<Fact>? Facts = null,
    ImmutableArray<Entity>? Entities = null,
    ImmutableArray<LinkMention>? Links = null)
{
    /// <summary>The contribution of a draft that has all its parts.</summary>
    public Contribution Finish(string title, int sectionCount) => new(
        TextSha256, title, sectionCount, [.. Facts!.Value.Select(fact => NameEntities(fact, Entities!.Value))], Entities!.Value, Links!.Value);

    private static Fact NameEntities(Fact fact, ImmutableArray<Entity> entities) =>
        fact with { Entities = [.. entities.Where(entity => WholeWord.IsIn(fact.Text, entity.Name)).Select(entity => entity.Name)] };
}

/// <summary>All that is stored of one source: one file.</summary>
internal sealed record SourceRecord(string Source, Contribution? Published = null, Draft? Draft = null)
{
    /// <summary>The newest form of the file that this version reads and the one it writes.</summary>
    public const int NewestSchemaVersion = 1;

    [JsonPropertyOrder(-1)]
    public int SchemaVersion { get; init; } = NewestSchemaVersion;

    /// <summary>The draft, when it is of this text.</summary>
    public Draft? DraftOf(string textSha256) => Draft?.TextSha256 == textSha256 ? Draft : null;

    /// <summary>What is published, when it is of this text.</summary>
    public Contribution? PublishedOf(string textSha256) => Published?.TextSha256 == textSha256 ? Published : null;
}
