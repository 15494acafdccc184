namespace RetainActors.Storage;

/// <summary>Which segment files a folder holds. Files with other names are not ours and stay as they are.</summary>
internal static class SegmentCatalog
{
    /// <summary>Numbers and generations, ascending, those that compaction has replaced included.</summary>
    internal static List<(long Number, uint Generation)> List(IFileSystem fileSystem, string directory)
    {
        var found = new List<(long Number, uint Generation)>();
        foreach (var name in fileSystem.ListFiles(directory))
            if (Segment.TryParseName(name, out var number, out var generation))
                found.Add((number, generation));

        found.Sort();
        return found;
    }

    /// <summary>
    /// Opens the segments that count, ascending: of each number the highest generation, unless a later segment stands for the
    /// number. The other files are what a compaction had yet to remove; their paths are returned.
    /// </summary>
    internal static (List<Segment> Segments, List<string> Replaced) Open(IFileSystem fileSystem, string directory)
    {
        var segments = new List<Segment>();
        var replaced = new List<string>();
        try
        {
            var files = List(fileSystem, directory);
            for (var i = files.Count - 1; i >= 0; i--)
            {
                var (number, generation) = files[i];
                // A compacted segment is published when it is whole, so what it stands for is never needed again.
                if (segments.Count > 0 && number >= segments[^1].Header.FirstNumber)
                    replaced.Add(Segment.PathOf(directory, number, generation));
                else
                    segments.Add(Segment.Open(fileSystem, directory, number, generation));
            }

            segments.Reverse();
            return (segments, replaced);
        }
        catch
        {
            foreach (var segment in segments) segment.Dispose();
            throw;
        }
    }

    internal static void RemoveTemporaryFiles(IFileSystem fileSystem, string directory)
    {
        foreach (var name in fileSystem.ListFiles(directory).Where(Segment.IsTemporaryName))
            fileSystem.Delete(Path.Combine(directory, name));
    }
}
