using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace RetainActors.Tests;

/// <summary>The rules of the house that a compiler does not hold.</summary>
public sealed partial class HouseSpecs
{
    private static readonly Dictionary<string, string[]> AllowedReferences = new()
    {
        ["RetainActors"] = [],
        ["RetainActors.Storage"] = [],
        ["RetainActors.Persistence"] = ["RetainActors.Storage"],
        ["RetainActors.Hosting"] = ["RetainActors", "RetainActors.Persistence"],
        ["RetainActors.TestKit"] = ["RetainActors"],
        ["RetainActors.Cluster"] = ["RetainActors"],
        ["RetainActors.Cli"] = ["RetainActors", "RetainActors.Cluster", "RetainActors.Persistence", "RetainActors.Storage"],
    };

    private static IEnumerable<string> Sources => new[] { "src", "tests" }
        .SelectMany(folder => Directory.EnumerateFiles(Repository.File(folder), "*.cs", SearchOption.AllDirectories))
        .Where(path => !BuildOutput().IsMatch(path));

    [Fact(DisplayName = "Projects should reference each other only along the arrows of the design")]
    public void Arrows()
    {
        foreach (var project in Directory.EnumerateFiles(Repository.File("src"), "*.csproj", SearchOption.AllDirectories))
        {
            var name = Path.GetFileNameWithoutExtension(project);
            var references = XDocument.Load(project).Descendants("ProjectReference")
                .Select(reference => Path.GetFileNameWithoutExtension((string)reference.Attribute("Include")!));
            Assert.True(AllowedReferences.ContainsKey(name), $"{name} is new: say here what it may reference");
            Assert.Empty(references.Except(AllowedReferences[name]));
        }
    }

    [Fact(DisplayName = "The storage engine should reference no Akka, and the core no journal plugin")]
    public void Ground_floor()
    {
        Assert.DoesNotContain("Akka", File.ReadAllText(Repository.File("src", "RetainActors.Storage", "RetainActors.Storage.csproj")).Replace("no Akka.NET", ""));
        Assert.DoesNotContain(typeof(RetainCheckpoints).Assembly.GetReferencedAssemblies(), assembly => assembly.Name!.StartsWith("RetainActors", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "No file should reach 400 lines")]
    public void Sizes() => Assert.DoesNotContain(Sources, path => File.ReadLines(path).Count() >= 400);

    [Fact(DisplayName = "No source should carry an open end or a sleep")]
    public void Open_ends() => Assert.DoesNotContain(
        Sources.Where(path => Path.GetFileName(path) != "HouseSpecs.cs"), path => OpenEnd().IsMatch(File.ReadAllText(path)));

    [Fact(DisplayName = "No committed file should name a path or a host of the machine that it was made on")]
    public void Machine_paths() => Assert.DoesNotContain(
        Directory.EnumerateFiles(Repository.Root, "*", SearchOption.AllDirectories)
            .Where(path => !BuildOutput().IsMatch(path) && !path.Contains("/.git/", StringComparison.Ordinal) && Path.GetFileName(path) != "HouseSpecs.cs"),
        path => MachinePath().IsMatch(File.ReadAllText(path)));

    [GeneratedRegex(@"[/\\](bin|obj|artifacts|TestResults|retain-data)[/\\]")]
    private static partial Regex BuildOutput();

    [GeneratedRegex(@"\bTODO\b|\bFIXME\b|NotImplementedException|Thread\.Sleep|#region")]
    private static partial Regex OpenEnd();

    [GeneratedRegex(@"/work/|/home/")]
    private static partial Regex MachinePath();
}
