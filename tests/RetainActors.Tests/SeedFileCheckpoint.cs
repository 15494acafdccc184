using System.Text.Json;

namespace RetainActors.Tests;

/// <summary>
/// The pattern of the Python backend that this project grew from: one JSON file per source, read, changed, written to a
/// temporary name and renamed; no lock, no revision. The negative control of the two-writers test.
/// </summary>
internal sealed class SeedFileCheckpoint(string root)
{
    public string[] Load(string source) => File.Exists(PathOf(source)) ? JsonSerializer.Deserialize<string[]>(File.ReadAllText(PathOf(source)))! : [];

    public void Save(string source, string[] entities)
    {
        File.WriteAllText(PathOf(source) + ".tmp", JsonSerializer.Serialize(entities));
        File.Move(PathOf(source) + ".tmp", PathOf(source), overwrite: true);
    }

    private string PathOf(string source) => Path.Combine(root, source + ".json");
}
