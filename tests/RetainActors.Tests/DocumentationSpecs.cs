using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace RetainActors.Tests;

/// <summary>What the pages name is there.</summary>
public sealed partial class DocumentationSpecs
{
    private static string Architecture { get; } = File.ReadAllText(Repository.File("docs", "architecture.md"));

    public static TheoryData<string> Pages { get; } =
        [.. Directory.GetFiles(Repository.File("docs"), "*.md").Select(path => $"docs/{Path.GetFileName(path)}").Append("README.md").Append("RELEASE_NOTES.md")];

    [Theory(DisplayName = "Every link of a page to a file, and to a heading in it, should lead somewhere")]
    [MemberData(nameof(Pages))]
    public void Links(string page)
    {
        var path = Repository.File(page);
        foreach (var target in Link().Matches(CodeBlock().Replace(File.ReadAllText(path), "")).Select(match => match.Groups[1].Value).Where(target => !target.Contains("://", StringComparison.Ordinal)))
        {
            var parts = target.Split('#', 2);
            var file = parts[0].Length == 0 ? path : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, parts[0]));
            Assert.True(File.Exists(file), $"{page} links to {target}, which is not there");
            if (parts.Length == 2) Assert.Contains(parts[1], Headings(file));
        }
    }

    [Fact(DisplayName = "docs/architecture.md should say of every project what it stands on")]
    public void Projects()
    {
        var projects = Directory.EnumerateFiles(Repository.File("src"), "*.csproj", SearchOption.AllDirectories).Select(path => (
            Name: Path.GetFileNameWithoutExtension(path),
            On: string.Join(", ", XDocument.Load(path).Descendants("ProjectReference")
                .Select(reference => $"`{Path.GetFileNameWithoutExtension((string)reference.Attribute("Include")!)}`"))));

        Assert.Equal(
            projects.OrderBy(project => project.Name, StringComparer.Ordinal),
            ProjectRow().Matches(Architecture).Select(match => (Name: match.Groups[1].Value, On: match.Groups[2].Value.Trim()))
                .OrderBy(project => project.Name, StringComparer.Ordinal));
    }

    [Fact(DisplayName = "docs/architecture.md should name every folder of sources and no other")]
    public void Folders()
    {
        var folders = Directory.EnumerateFiles(Repository.File("src"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !BuildOutput().IsMatch(path)).Select(path => Path.GetRelativePath(Repository.Root, Path.GetDirectoryName(path)!)).Distinct();

        Assert.Equal(folders.Order(StringComparer.Ordinal), FolderRow().Matches(Architecture).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal));
    }

    /// <summary>The anchors that a renderer makes of the headings.</summary>
    private static IEnumerable<string> Headings(string file) => Heading().Matches(File.ReadAllText(file))
        .Select(match => NoAnchor().Replace(match.Groups[1].Value.ToLowerInvariant(), "").Replace(' ', '-'));

    [GeneratedRegex(@"(?<=[^`!]|^)\[[^\]\n]+\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("^```.*?^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"^#+ (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^a-z0-9 _-]")]
    private static partial Regex NoAnchor();

    [GeneratedRegex(@"^\| `(RetainActors[A-Za-z.]*)` \| [^|]+ \|([^|]*)\|$", RegexOptions.Multiline)]
    private static partial Regex ProjectRow();

    [GeneratedRegex(@"^\| `(src/[^`]+)` \|", RegexOptions.Multiline)]
    private static partial Regex FolderRow();

    [GeneratedRegex(@"[/\\](bin|obj)[/\\]")]
    private static partial Regex BuildOutput();
}
