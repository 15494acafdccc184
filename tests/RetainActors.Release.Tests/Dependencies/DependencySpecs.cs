using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace RetainActors.Release.Tests.Dependencies;

/// <summary>What others wrote and we need: with which licence, why, and nothing more than that.</summary>
public sealed partial class DependencySpecs
{
    private const string Pins = "Transitive pins: versions that restore together";

    private static readonly string[] Allowed = ["Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "MIT", "MIT-0", "MS-PL", "PostgreSQL"];

    /// <summary>Licences that a package does not say as an expression, read by a person.</summary>
    private static readonly Dictionary<string, string> Read = new(StringComparer.Ordinal)
    {
        ["LightningDB file LICENSE 3bbb1a49c318982a"] = "OLDAP-2.8",
        ["Validation url https://raw.githubusercontent.com/AArnott/Validation/69e6a2c4f3/LICENSE.txt"] = "MS-PL",
        ["xunit.abstractions url https://raw.githubusercontent.com/xunit/xunit/master/license.txt"] = "Apache-2.0",
        ["xunit.extensibility.core url https://raw.githubusercontent.com/xunit/xunit/master/license.txt"] = "Apache-2.0",
        ["xunit.extensibility.execution url https://raw.githubusercontent.com/xunit/xunit/master/license.txt"] = "Apache-2.0",
    };

    private static XElement[] Groups { get; } = [.. XDocument.Load(Repository.File("Directory.Packages.props")).Root!.Elements("ItemGroup")];

    /// <summary>Package and the projects that reference it; the properties of all tests count as one.</summary>
    private static ILookup<string, string> References { get; } = new[] { "src", "tests" }
        .SelectMany(folder => Directory.EnumerateFiles(Repository.File(folder), "*.csproj", SearchOption.AllDirectories))
        .Append(Repository.File("tests", "Directory.Build.props"))
        .SelectMany(path => XDocument.Load(path).Descendants("PackageReference").Select(reference => (
            Id: (string)reference.Attribute("Include")!, Project: Path.GetExtension(path) == ".csproj" ? Path.GetFileNameWithoutExtension(path) : "all tests")))
        .ToLookup(reference => reference.Id, reference => reference.Project, StringComparer.Ordinal);

    [Fact(DisplayName = "Every package that is restored should have the licence that is approved, of those that are allowed")]
    public void Licences()
    {
        var licences = RestoredPackage.All.Select(package => (Package: package, Licence: LicenceOf(package))).ToList();

        Assert.All(licences, line => Assert.True(
            Allowed.Contains(line.Licence) || (line.Package.Id, line.Licence) == ("LightningDB", "OLDAP-2.8"),
            $"{line.Package.Id} {line.Package.Version} is under '{line.Licence}': read it, and say in docs/dependencies.md whether it may be used"));
        Approval.Verify(
            string.Join('\n', licences.Select(line => $"{line.Package.Id} {line.Licence} {(line.Package.IsShipped ? "shipped" : "tests")}").Distinct()),
            Repository.File("tests", "RetainActors.Release.Tests", "Approved", "licences.txt"));
    }

    [Fact(DisplayName = "Every version in Directory.Packages.props should be of a package that a project references, or of a pin that a lock file holds")]
    public void Needed()
    {
        foreach (var group in Groups)
            foreach (var id in group.Elements("PackageVersion").Select(version => (string)version.Attribute("Include")!))
                if ((string)group.Attribute("Label")! == Pins)
                    Assert.True(!References.Contains(id) && RestoredPackage.All.Any(package => package.Id == id), $"{id} is pinned, and referenced or nowhere restored");
                else
                    Assert.True(References.Contains(id), $"{id} has a version, and no project references it");
    }

    [Fact(DisplayName = "docs/dependencies.md should name every package that a project references, with those projects and its licence, and no other")]
    public void Documented()
    {
        var licences = RestoredPackage.All.ToLookup(package => package.Id, LicenceOf, StringComparer.OrdinalIgnoreCase);

        Assert.Equal(
            References.Select(reference => (reference.Key, string.Join(", ", reference.Order(StringComparer.Ordinal)), licences[reference.Key].First())).Order(),
            Row().Matches(File.ReadAllText(Repository.File("docs", "dependencies.md")))
                .Select(row => (row.Groups[1].Value, row.Groups[2].Value.Replace("`", "", StringComparison.Ordinal), row.Groups[3].Value)).Order());
    }

    private static string LicenceOf(RestoredPackage package) => Read.GetValueOrDefault($"{package.Id} {package.Licence}", package.Licence);

    [GeneratedRegex(@"^\| `([^`]+)` \| ([^|]+) \| [^|]{10,} \| ([^|]+) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
