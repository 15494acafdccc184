using System.Collections.Immutable;

namespace RetainActors.Cli.MarkdownPipeline;

/// <summary>Chooses the entities that a document is about and quotes where it says something of them.</summary>
internal static class EntityExtractor
{
    public const int MaxEntities = 20;

    private const int MaxMentions = 2;
    private const int MaxQuoteLength = 300;
    private const int MinQuoteWords = 4;

    public static ImmutableArray<Entity> Extract(SourceDocument document) =>
    [
        .. Candidates(document)
            .OrderByDescending(candidate => candidate.Weight).ThenBy(candidate => candidate.Key, StringComparer.Ordinal)
            .Take(MaxEntities)
            .OrderBy(candidate => candidate.Key, StringComparer.Ordinal)
            .Select(candidate => new Entity(candidate.Name, MentionsOf(candidate, document))),
    ];

    private static Dictionary<string, Candidate>.ValueCollection Candidates(SourceDocument document)
    {
        var candidates = new Dictionary<string, Candidate>(StringComparer.Ordinal);
        foreach (var section in document.Sections)
            foreach (var (name, weight) in EntityCandidates.In(section))
            {
                var key = EntityKey.Of(name);
                if (!candidates.TryGetValue(key, out var candidate)) candidates[key] = candidate = new Candidate(key);
                candidate.Add(name, weight, section);
            }

        return candidates.Values;
    }

    /// <summary>The first sentences that name it, from different sections; else the section that is headed by it.</summary>
    private static ImmutableArray<Mention> MentionsOf(Candidate candidate, SourceDocument document)
    {
        ImmutableArray<Mention> mentions =
        [
            .. document.Sections.Select(section => (section.Title, Quote: section.Sentences.FirstOrDefault(sentence => IsQuotable(sentence) && candidate.IsNamedIn(sentence))))
            .Where(found => found.Quote is not null)
            .Select(found => new Mention(found.Title, PlainText.Shorten(found.Quote!, MaxQuoteLength)))
            .DistinctBy(mention => mention.Quote)
            .Take(MaxMentions),
        ];
        if (mentions.Length > 0) return mentions;

        var section = candidate.FirstSection;
        var headed = EntityKey.Of(section.Title) == candidate.Key ? section.Sentences.FirstOrDefault(IsQuotable) : null;
        return [new Mention(section.Title, headed is null ? "" : PlainText.Shorten(headed, MaxQuoteLength))];
    }

    private static bool IsQuotable(string sentence) =>
        sentence[^1] is '.' or '!' or ')' or '"' && sentence.Count(c => c == ' ') >= MinQuoteWords - 1;

    private sealed class Candidate(string key)
    {
        private readonly Dictionary<string, int> _spellings = new(StringComparer.Ordinal);
        private Section? _firstSection;

        public string Key { get; } = key;

        public int Weight { get; private set; }

        public Section FirstSection => _firstSection!;

        public string Name => _spellings.OrderByDescending(spelling => spelling.Value).ThenBy(spelling => spelling.Key, StringComparer.Ordinal).First().Key;

        public void Add(string name, int weight, Section section)
        {
            Weight += weight;
            _firstSection ??= section;
            _spellings[name] = _spellings.GetValueOrDefault(name) + weight;
        }

        public bool IsNamedIn(string sentence) => _spellings.Keys.Any(spelling => WholeWord.IsIn(sentence, spelling));
    }
}
