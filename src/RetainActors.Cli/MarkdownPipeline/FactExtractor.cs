using System.Collections.Immutable;

namespace RetainActors.Cli.MarkdownPipeline;

/// <summary>
/// Finds the sentences that state something and can be understood alone: whole, of readable length, with a stating verb,
/// not a question, not starting with a word that points to another sentence.
/// </summary>
internal static class FactExtractor
{
    public const int MaxFacts = 60;

    private const int MinWords = 5;
    private const int MaxWords = 45;
    private const int MaxLength = 400;

    private static readonly HashSet<string> Verbs = new(
        [
            "is", "are", "was", "were", "has", "have", "can", "cannot", "must", "may", "will", "should", "does", "means", "allows",
            "provides", "supports", "requires", "returns", "guarantees", "uses", "creates", "contains", "represents", "defines",
            "enables", "makes", "needs", "keeps", "stores", "gives", "holds", "writes", "reads", "describes", "ensures", "handles",
        ],
        StringComparer.OrdinalIgnoreCase);

    private static readonly HashSet<string> PointingWords = new(
        ["this", "that", "these", "those", "it", "its", "they", "he", "she", "here", "there", "see", "let", "let's", "also", "but", "so", "then", "however", "thus", "and", "or"],
        StringComparer.OrdinalIgnoreCase);

    public static ImmutableArray<Fact> Extract(SourceDocument document)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return
        [
            .. document.Sections
                .SelectMany(section => section.Sentences.Where(IsFact).Select(sentence => new Fact(section.Title, sentence, [])))
                .Where(fact => seen.Add(fact.Text))
                .Take(MaxFacts),
        ];
    }

    private static bool IsFact(string sentence)
    {
        if (sentence.Length > MaxLength || !sentence.EndsWith('.') || sentence.EndsWith("..", StringComparison.Ordinal)) return false;
        if (!char.IsUpper(sentence[0]) && !char.IsDigit(sentence[0])) return false;
        var words = sentence.Split(' ');
        return words.Length is >= MinWords and <= MaxWords
            && !PointingWords.Contains(words[0].TrimEnd(','))
            && words.Any(word => Verbs.Contains(word.Trim(',', ';', ':', '(', ')')));
    }
}
