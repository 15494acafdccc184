namespace RetainActors.Json;

/// <summary>Gives each key of one export its path: the seed's own unless that is not safe, or an earlier key has it ignoring case.</summary>
public sealed class AstrocyteFileNames
{
    private readonly HashSet<string> _taken = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The path of the next key; give the keys in a fixed order, then the same ones get the same paths.</summary>
    /// <returns>The path, with slashes, and whether it is the seed's own.</returns>
    public (string Path, bool IsSeedPath) Next(CheckpointKey key)
    {
        if (AstrocyteFileName.IsSafe(key) && AstrocyteFileName.SeedPathOf(key) is var path && _taken.Add(path)) return (path, true);
        return (AstrocyteFileName.HashedPathOf(key), false);
    }
}
