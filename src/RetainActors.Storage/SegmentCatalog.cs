namespace RetainActors.Storage;

/// <summary>Which segment files a folder holds. Files with other names are not ours and stay as they are.</summary>
internal static class SegmentCatalog
{
    /// <summary>Numbers and generations, ascending.</summary>
    internal static List<(long Number, uint Generation)> List(IFileSystem fileSystem, string directory)
    {
        var found = new List<(long Number, uint Generation)>();
        foreach (var name in fileSystem.ListFiles(directory))
            if (Segment.TryParseName(name, out var number, out var generation))
                found.Add((number, generation));

        found.Sort();
        for (var i = 1; i < found.Count; i++)
            if (found[i].Number == found[i - 1].Number)
                throw new SegmentCorruptException(
                    Segment.PathOf(directory, found[i].Number, found[i].Generation), 0, "a single generation of the segment");
        return found;
    }

    internal static void RemoveTemporaryFiles(IFileSystem fileSystem, string directory)
    {
        foreach (var name in fileSystem.ListFiles(directory).Where(Segment.IsTemporaryName))
            fileSystem.Delete(Path.Combine(directory, name));
    }
}
