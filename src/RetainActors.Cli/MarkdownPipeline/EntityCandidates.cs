namespace RetainActors.Cli.MarkdownPipeline;

/// <summary>
/// Finds what may be the name of a thing: inline code that looks like an identifier, short headings and link texts, runs of
/// capitalised words, CamelCase, dotted names and acronyms in prose.
/// </summary>
internal static class EntityCandidates
{
    private const int HeadingWeight = 4;
    private const int LinkWeight = 3;
    private const int CodeWeight = 2;
    private const int ProseWeight = 1;
    private const int MaxWords = 4;
    private const int MaxHeadingWords = 3;
    private const int MaxNameLength = 60;
    private const int MaxPlainWordLength = 4;

    private static readonly char[] Punctuation = ['.', ',', ';', ':', '!', '?', '"', '“', '”', '(', ')', '[', ']', '{', '}', '…', '*', '\''];

    public static IEnumerable<(string Name, int Weight)> In(Section section)
    {
        if (HeadingName(section.Title) is { } heading) yield return (heading, HeadingWeight);
        foreach (var code in section.CodeSpans)
            if (CodeName(code) is { } name)
                yield return (name, CodeWeight);
        foreach (var link in section.Links)
            if (LinkName(link) is { } name)
                yield return (name, LinkWeight);
        foreach (var name in section.Sentences.SelectMany(ProseNames)) yield return (name, ProseWeight);
    }

    private static string? HeadingName(string title)
    {
        var words = title.TrimEnd(':').Split(' ');
        return words.Length <= MaxHeadingWords
            && !EntityStopwords.Openers.Contains(words[0])
            && !words.Skip(1).Any(EntityStopwords.FunctionWords.Contains)
            && !words[0].EndsWith("ing", StringComparison.Ordinal)
            && char.IsUpper(words[0].FirstOrDefault())
                ? Named(string.Join(' ', words))
                : null;
    }

    private static string? LinkName(LinkMention link)
    {
        var words = link.Text.Split(' ');
        return words.Length <= MaxWords && words.All(word => char.IsUpper(word.FirstOrDefault())) && !EntityStopwords.Openers.Contains(words[0])
            ? Named(link.Text)
            : null;
    }

    /// <summary>An identifier: <c>Receive&lt;T&gt;()</c> counts as <c>Receive</c>; keywords, short plain words, paths, options and expressions do not count.</summary>
    private static string? CodeName(string code)
    {
        var end = code.AsSpan().IndexOfAny('<', '(');
        var name = end < 0 ? code : code[..end];
        return name.Length >= 3
            && char.IsAsciiLetter(name[0])
            && char.IsAsciiLetterOrDigit(name[^1])
            && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')
            && !(name.Length <= MaxPlainWordLength && name.All(char.IsAsciiLetterLower))
                ? Named(name)
                : null;
    }

    private static IEnumerable<string> ProseNames(string sentence)
    {
        var run = new List<string>();
        foreach (var word in sentence.Split(' '))
        {
            var bare = word.Trim(Punctuation);
            if (bare.Length == 0 || !char.IsUpper(bare[0]) || !bare.All(c => char.IsLetterOrDigit(c) || c is '.' or '-' or '#'))
            {
                foreach (var name in Finished(run)) yield return name;
                continue;
            }

            if (run.Count > 0 && Array.IndexOf(Punctuation, word[0]) >= 0)
                foreach (var name in Finished(run)) yield return name;
            run.Add(bare);
            if (Array.IndexOf(Punctuation, word[^1]) >= 0)
                foreach (var name in Finished(run)) yield return name;
        }

        foreach (var name in Finished(run)) yield return name;
    }

    /// <summary>The names in a run of capitalised words, which is emptied.</summary>
    private static IEnumerable<string> Finished(List<string> run)
    {
        var words = run.SkipWhile(EntityStopwords.Openers.Contains).ToArray();
        run.Clear();
        if (words.Length is >= 2 and <= MaxWords && Named(string.Join(' ', words)) is { } phrase) return [phrase];
        return words.Where(IsDistinctive).Select(Named).OfType<string>();
    }

    private static bool IsDistinctive(string word)
    {
        if (word.Length is >= 3 and <= 8 && word.All(char.IsUpper)) return true;
        for (var i = 1; i < word.Length; i++)
            if ((char.IsUpper(word[i]) && char.IsLower(word[i - 1])) || (word[i] == '.' && i + 1 < word.Length && char.IsUpper(word[i + 1])))
                return true;
        return false;
    }

    private static string? Named(string name)
    {
        name = name.Trim(Punctuation).Trim();
        return name.Length is >= 2 and <= MaxNameLength && name.Any(char.IsLetter) && !EntityStopwords.NeverNames.Contains(EntityKey.Of(name))
            ? name
            : null;
    }
}
