using System.IO.Compression;
using System.Xml.Linq;

namespace RetainActors.Release.Tests.Packages;

/// <summary>All packages but the tool, which the tour packs and installs, in a folder that a project can restore from.</summary>
public sealed class PackedPackages : IAsyncLifetime
{
    private const string Suffix = "packed";

    private readonly TempDirectory _directory = new();

    /// <summary>The folder.</summary>
    public string Feed => _directory.File("feed");

    /// <summary>A version that nobody else has, so that no package of another folder hides these.</summary>
    public static string Version { get; } = $"{typeof(RetainCheckpoints).Assembly.GetName().Version!.ToString(3)}-{Suffix}";

    /// <summary>Their ids.</summary>
    public static IReadOnlyList<string> Ids { get; } =
        [.. Directory.GetDirectories(Repository.File("src")).Select(path => Path.GetFileName(path)).Where(id => id != "RetainActors.Cli").Order(StringComparer.Ordinal)];

    public async Task InitializeAsync()
    {
        var projects = string.Join(';', Ids.Select(id => Repository.File("src", id, $"{id}.csproj")));
        var project = _directory.Write(
            "pack.proj",
            $"""
            <Project>
              <Target Name="Pack">
                <MSBuild Projects="{projects}" Targets="Pack" Properties="Configuration={Sdk.Configuration};NoBuild=true;VersionSuffix={Suffix};PackageOutputPath={Feed}" />
              </Target>
            </Project>
            """);
        await Sdk.RunAsync(Repository.Root, packages: null, "msbuild", project, "-t:Pack", "-v:quiet", "-nologo");
    }

    public Task DisposeAsync()
    {
        _directory.Dispose();
        return Task.CompletedTask;
    }

    /// <summary>The package, or the one of its symbols.</summary>
    public ZipArchive Open(string id, string extension = "nupkg") => ZipFile.OpenRead(Path.Combine(Feed, $"{id}.{Version}.{extension}"));

    /// <summary>What a package says of itself, by element.</summary>
    public static XElement MetadataOf(ZipArchive package)
    {
        using var nuspec = package.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        return XDocument.Load(nuspec).Root!.Elements().Single(element => element.Name.LocalName == "metadata");
    }
}
