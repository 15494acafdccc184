using System.IO.Compression;
using System.Text;
using System.Xml.Linq;

namespace RetainActors.Release.Tests.Packages;

[Trait("Category", "Packaging")]
public sealed class PackageSpecs(PackedPackages packages) : IClassFixture<PackedPackages>
{
    public static TheoryData<string> Ids { get; } = [.. PackedPackages.Ids];

    [Theory(DisplayName = "A package should say what it is, what is new and what may be done with it, and carry its readme, icon, documentation and symbols")]
    [MemberData(nameof(Ids))]
    public void Whole(string id)
    {
        using var package = packages.Open(id);
        var metadata = PackedPackages.MetadataOf(package).Elements().ToLookup(element => element.Name.LocalName, element => element.Value);

        Assert.Equal((id, PackedPackages.Version), (metadata["id"].Single(), metadata["version"].Single()));
        Assert.Equal("Apache-2.0", metadata["license"].Single());
        Assert.InRange(metadata["description"].Single().Length, 40, 400);
        Assert.StartsWith("## 0.", metadata["releaseNotes"].Single(), StringComparison.Ordinal);
        Assert.Equal(File.ReadAllText(Repository.File("src", id, "README.md")), Text(package, metadata["readme"].Single()));
        Assert.InRange(package.GetEntry(metadata["icon"].Single())!.Length, 100, 10_000);
        Assert.NotNull(package.GetEntry($"lib/net10.0/{id}.dll"));
        Assert.Contains("<member name=", Text(package, $"lib/net10.0/{id}.xml"), StringComparison.Ordinal);
        using var symbols = packages.Open(id, "snupkg");
        Assert.NotNull(symbols.GetEntry($"lib/net10.0/{id}.pdb"));
    }

    [Theory(DisplayName = "A package should need the others in its own version, and name no folder of the machine that packed it")]
    [MemberData(nameof(Ids))]
    public void Clean(string id)
    {
        using var package = packages.Open(id);
        var metadata = PackedPackages.MetadataOf(package);

        Assert.All(
            metadata.Descendants().Where(element => element.Name.LocalName == "dependency" && ((string)element.Attribute("id")!).StartsWith("RetainActors", StringComparison.Ordinal)),
            dependency => Assert.Equal(PackedPackages.Version, (string)dependency.Attribute("version")!));
        Assert.DoesNotContain(Repository.Root, metadata.ToString(SaveOptions.DisableFormatting), StringComparison.Ordinal);
        Assert.All(
            metadata.Elements().Where(element => element.Name.LocalName == "repository"),
            repository => Assert.StartsWith("https://", (string?)repository.Attribute("url") ?? "https://", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "Every package should have a readme of its own with a description and a use of three lines or few more")]
    public void Readmes() => Assert.All(Directory.GetDirectories(Repository.File("src")), folder =>
    {
        var readme = File.ReadAllText(Path.Combine(folder, "README.md"));
        Assert.StartsWith($"# {Path.GetFileName(folder)}\n\n", readme, StringComparison.Ordinal);
        Assert.InRange(readme.Split("```")[1].Trim().Split('\n').Length, 2, 10);
    });

    [Fact(DisplayName = "The packages, installed into an empty project without a network, should run the service and the actor that the README shows")]
    public async Task Installed()
    {
        using var project = new EmptyProject(packages.Feed, PackedPackages.Ids, PackedPackages.Version);

        var output = await project.RunAsync();

        // Akka.NET writes its own log there too.
        Assert.Equal(["service Completed", "actor FETCH", "actor PARSE", "resumed PARSE"], output.Trim().Split('\n').Where(line => line[0] != '['));
        Assert.All(PackedPackages.Ids, id => Assert.True(Directory.Exists(project.Installed(id)), $"{id} came from elsewhere"));
        Assert.NotEmpty(Directory.GetFiles(project.File("retain-data", "journal"), "*.segment"));
    }

    private static string Text(ZipArchive package, string path)
    {
        using var reader = new StreamReader(package.GetEntry(path)!.Open(), Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
