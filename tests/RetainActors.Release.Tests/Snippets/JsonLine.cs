using System.Text.Json;

namespace RetainActors.Release.Tests.Snippets;

/// <summary>A line of JSON that a page says the tool prints: it must have the members of a line that is approved.</summary>
internal static class JsonLine
{
    private static readonly Lazy<HashSet<string>> Approved = new(() =>
    [
        .. Directory.EnumerateFiles(Repository.File("tests", "RetainActors.Cli.Tests", "Approved"), "*.jsonl").SelectMany(File.ReadLines).Select(Outer),
    ]);

    /// <summary>Whether the tool prints such lines. <c>,…</c> stands for what the page leaves out of a list.</summary>
    public static bool IsPrinted(string line) => Approved.Value.Contains(Outer(line.Replace(",…", "", StringComparison.Ordinal)));

    /// <summary>The names of its members, and of those of its one object, if it has one.</summary>
    private static string Outer(string line)
    {
        using var document = JsonDocument.Parse(line);
        return string.Join(',', document.RootElement.EnumerateObject().Select(member => member.Name is "summary" or "finding"
            ? $"{member.Name}({string.Join(',', member.Value.EnumerateObject().Select(inner => inner.Name))})"
            : member.Name));
    }
}
