using System.Text.RegularExpressions;

namespace RetainActors.Release.Tests.Contracts;

/// <summary>docs/compatibility.md promises nothing that no test guards.</summary>
public sealed partial class CompatibilitySpecs
{
    private static readonly string Page = File.ReadAllText(Repository.File("docs", "compatibility.md"));

    private static readonly string Sources = string.Join('\n', Directory.EnumerateFiles(Repository.File("tests"), "*Specs.cs", SearchOption.AllDirectories).Select(File.ReadAllText));

    public static TheoryData<string> Rows { get; } = [.. Row().Matches(Page).Select(row => row.Value)];

    [Theory(DisplayName = "Every promise of docs/compatibility.md should name tests that there are")]
    [MemberData(nameof(Rows))]
    public void Guarded(string row)
    {
        var guards = Name().Matches(row.TrimEnd('|', ' ').Split('|')[^1]).Select(match => match.Groups[1].Value).ToList();

        Assert.NotEmpty(guards);
        Assert.All(guards, guard => Assert.Matches($@"\bclass {guard}\b", Sources));
    }

    [Fact(DisplayName = "Every approved file, and every stored example of an earlier version, should belong to a promise of docs/compatibility.md")]
    public void Complete()
    {
        var kept = Directory.EnumerateFiles(Repository.File("tests"), "*", SearchOption.AllDirectories)
            .Where(path => !path.Contains("/bin/", StringComparison.Ordinal) && !path.Contains("/obj/", StringComparison.Ordinal))
            .Select(path => Path.GetRelativePath(Repository.File("tests"), path))
            .Where(path => path.Contains("/Approved/", StringComparison.Ordinal) || path.EndsWith(".approved.txt", StringComparison.Ordinal) || Old().IsMatch(path))
            .ToList();

        Assert.NotEmpty(kept);
        Assert.All(kept, path => Assert.True(Files().Matches(Page).Any(pattern => Pattern(pattern.Groups[1].Value).IsMatch(path)), $"tests/{path} is kept, and the page says not for what"));
    }

    /// <summary>A path as the page writes it, with <c>*</c> for any part of a name.</summary>
    private static Regex Pattern(string path) => new($"^{Regex.Escape(path).Replace("\\*", "[^/]*", StringComparison.Ordinal)}$");

    [GeneratedRegex(@"^\| (?!What|---).+\|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"`([A-Za-z]+Specs)`")]
    private static partial Regex Name();

    [GeneratedRegex(@"`tests/([^`]+)`")]
    private static partial Regex Files();

    [GeneratedRegex(@"/Fixtures/(v\d+/|[a-z]+-v\d+\.)")]
    private static partial Regex Old();
}
