namespace RetainActors.Cli.MarkdownPipeline;

/// <summary>Finds a name in a sentence as a word of its own, whatever its case.</summary>
internal static class WholeWord
{
    public static bool IsIn(string sentence, string name)
    {
        for (var from = 0; from < sentence.Length;)
        {
            var at = sentence.IndexOf(name, from, StringComparison.OrdinalIgnoreCase);
            if (at < 0) return false;
            var end = at + name.Length;
            if ((at == 0 || !char.IsLetterOrDigit(sentence[at - 1])) && (end == sentence.Length || !char.IsLetterOrDigit(sentence[end]))) return true;
            from = at + 1;
        }

        return false;
    }
}
