using System.Security.Cryptography;
using System.Text.Json;
using System.Xml.Linq;

namespace RetainActors.Release.Tests.Dependencies;

/// <summary>A package of others that this repository restores, direct or not.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Version">Its version.</param>
/// <param name="IsShipped">Whether users get it with ours; otherwise only tests and builds need it.</param>
internal sealed record RestoredPackage(string Id, string Version, bool IsShipped)
{
    /// <summary>All of them, from the lock files.</summary>
    public static IReadOnlyList<RestoredPackage> All { get; } =
    [
        .. new[] { "src", "tests" }.SelectMany(folder => Directory.EnumerateFiles(Repository.File(folder), "packages.lock.json", SearchOption.AllDirectories)
                .SelectMany(Locked).Select(package => (package.Id, package.Version, IsShipped: folder == "src")))
            .GroupBy(package => (package.Id.ToUpperInvariant(), package.Version))
            .Select(same => new RestoredPackage(same.First().Id, same.Key.Version, same.Any(package => package.IsShipped)))
            .OrderBy(package => package.Id, StringComparer.OrdinalIgnoreCase).ThenBy(package => package.Version, StringComparer.Ordinal),
    ];

    /// <summary>What the package itself says of its licence: an expression, or else where it stands.</summary>
    public string Licence
    {
        get
        {
            var folder = Path.Combine(Sdk.PackageRoot, Id.ToLowerInvariant(), Version);
            var metadata = XDocument.Load(Path.Combine(folder, $"{Id.ToLowerInvariant()}.nuspec")).Root!.Elements().First().Elements()
                .ToLookup(element => element.Name.LocalName);
            if (metadata["license"].SingleOrDefault() is not { } licence) return $"url {metadata["licenseUrl"].SingleOrDefault()?.Value}";
            return (string)licence.Attribute("type")! == "expression"
                ? licence.Value
                : $"file {licence.Value} {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(folder, licence.Value))))[..16]}";
        }
    }

    private static IEnumerable<(string Id, string Version)> Locked(string path)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        return
        [
            .. document.RootElement.GetProperty("dependencies").EnumerateObject().SelectMany(framework => framework.Value.EnumerateObject())
                .Where(package => package.Value.GetProperty("type").GetString() != "Project")
                .Select(package => (package.Name, package.Value.GetProperty("resolved").GetString()!)),
        ];
    }
}
