namespace RetainActors.Cli.MarkdownPipeline;

/// <summary>Plain text into sentences, without a dictionary: good enough to quote from, and always the same.</summary>
internal static class SentenceSplitter
{
    private static readonly string[] Abbreviations = ["e.g.", "i.e.", "etc.", "vs.", "cf.", "approx.", "no.", "fig.", "resp.", "a.k.a."];

    public static IEnumerable<string> Split(string text)
    {
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is not ('.' or '!' or '?')) continue;
            var end = i + 1;
            while (end < text.Length && text[end] is '"' or '\'' or ')' or ']' or '”' or '’' or '.' or '!' or '?') end++;
            if (end < text.Length && !StartsSentence(text, end)) continue;
            if (text[i] == '.' && EndsInAbbreviation(text, start, i)) continue;
            if (text[start..end].Trim() is { Length: > 0 } sentence) yield return sentence;
            start = end;
            i = end - 1;
        }

        if (start < text.Length && text[start..].Trim() is { Length: > 0 } rest) yield return rest;
    }

    private static bool StartsSentence(string text, int index)
    {
        if (text[index] != ' ' || index + 1 >= text.Length) return false;
        var next = text[index + 1];
        return !char.IsLower(next) && (char.IsLetterOrDigit(next) || next is '"' or '\'' or '(' or '“' or '[' or '`' or '/' or '.' || char.IsSurrogate(next));
    }

    private static bool EndsInAbbreviation(string text, int start, int dot)
    {
        var word = text.LastIndexOf(' ', dot, dot - start + 1) + 1;
        if (word < start) word = start;
        var last = text.AsSpan(word, dot + 1 - word).TrimStart('(');
        foreach (var abbreviation in Abbreviations)
            if (last.Equals(abbreviation, StringComparison.OrdinalIgnoreCase))
                return true;
        return last.Length == 2 && char.IsUpper(last[0]);
    }
}
