using System.Text.RegularExpressions;

namespace RetainActors.Release.Tests.Snippets;

/// <summary>
/// Code that is compiled with the tests and shown on a page: what stands between a comment that names the page, as in
/// <c>// docs/runs.md: a model</c>, and <c>// end</c>.
/// </summary>
internal static partial class CompiledSamples
{
    private static readonly Lazy<HashSet<string>> Texts = new(() =>
    [
        .. Directory.EnumerateFiles(Repository.File("tests"), "*.cs", SearchOption.AllDirectories).SelectMany(path => In(File.ReadAllLines(path))),
    ]);

    /// <summary>Whether a block is compiled as it stands; directives at its head apart, which a file of tests has above its namespace.</summary>
    public static bool Contain(CodeBlock block) => Texts.Value.Contains(Plain(block.Lines.SkipWhile(line => Using().IsMatch(line) || line.Length == 0)));

    private static IEnumerable<string> In(string[] lines)
    {
        for (var start = 0; start < lines.Length; start++)
            if (Mark().IsMatch(lines[start])) yield return Plain(lines.Skip(start + 1).TakeWhile(line => line.Trim() != "// end"));
    }

    /// <summary>Without the indentation that all lines have, and empty lines at both ends.</summary>
    private static string Plain(IEnumerable<string> lines)
    {
        var all = lines.ToList();
        var indent = all.Where(line => line.Length > 0).Select(line => line.Length - line.TrimStart().Length).DefaultIfEmpty().Min();
        return string.Join('\n', all.Select(line => line.Length == 0 ? line : line[indent..])).Trim();
    }

    [GeneratedRegex(@"^\s*// (README|docs/[a-z-]+\.md|src/[A-Za-z.]+): [^:]+$")]
    private static partial Regex Mark();

    [GeneratedRegex(@"^using (static )?[A-Za-z.]+;$")]
    private static partial Regex Using();
}
