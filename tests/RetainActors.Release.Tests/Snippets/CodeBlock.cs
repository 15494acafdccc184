namespace RetainActors.Release.Tests.Snippets;

/// <summary>A fenced block of a page.</summary>
/// <param name="Page">The page, relative to the repository.</param>
/// <param name="Line">Where its fence stands, from 1.</param>
/// <param name="Language">What the fence says that it is; empty when it does not.</param>
/// <param name="Text">Its lines.</param>
internal sealed record CodeBlock(string Page, int Line, string Language, string Text)
{
    private const string Fence = "```";

    /// <summary>Every page that is meant for readers.</summary>
    public static IReadOnlyList<string> Pages { get; } =
    [
        "README.md", "RELEASE_NOTES.md",
        .. new[] { "docs", "src" }.SelectMany(folder => Directory.EnumerateFiles(Repository.File(folder), "*.md", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(Repository.Root, path)).Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    public IEnumerable<string> Lines => Text.Split('\n');

    public string Place => $"{Page}:{Line}";

    public static IReadOnlyList<CodeBlock> Of(string page)
    {
        var blocks = new List<CodeBlock>();
        var lines = File.ReadAllLines(Repository.File(page));
        for (var open = 0; open < lines.Length; open++)
        {
            if (!lines[open].StartsWith(Fence, StringComparison.Ordinal)) continue;
            var close = Array.FindIndex(lines, open + 1, line => line == Fence);
            if (close < 0) throw new FormatException($"{page}:{open + 1} opens a block that never ends.");
            blocks.Add(new CodeBlock(page, open + 1, lines[open][Fence.Length..], string.Join('\n', lines[(open + 1)..close])));
            open = close;
        }

        return blocks;
    }
}
