namespace RetainActors.Cli.Sources;

/// <summary>Finds the documents below a folder.</summary>
internal static class SourceFolder
{
    private const string Extension = ".md";

    /// <summary>
    /// Every <c>*.md</c> file below the folder, sorted by id. Names that start with a dot, symbolic links, the root of the data
    /// and other roots are left out; a directory that cannot be listed is an entry with a problem.
    /// </summary>
    public static IReadOnlyList<SourceEntry> Find(string folder, string root)
    {
        var entries = new List<SourceEntry>();
        var open = new Stack<string>([Path.GetFullPath(folder)]);
        var start = open.Peek();
        while (open.TryPop(out var directory))
        {
            try
            {
                foreach (var child in new DirectoryInfo(directory).EnumerateFileSystemInfos())
                {
                    if (child.Name.StartsWith('.') || child.LinkTarget is not null) continue;
                    if (child is DirectoryInfo)
                    {
                        if (child.FullName != root && !IsRoot(child.FullName)) open.Push(child.FullName);
                    }
                    else if (child.Name.EndsWith(Extension, StringComparison.Ordinal))
                    {
                        entries.Add(new SourceEntry(IdOf(start, child.FullName), child.FullName));
                    }
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                entries.Add(new SourceEntry(IdOf(start, directory) + '/', directory, new SourceProblem(
                    "Unreadable", $"The directory {directory} cannot be listed: {e.Message} Make it readable, or move it away.")));
            }
        }

        entries.Sort((one, other) => string.CompareOrdinal(one.Source, other.Source));
        return entries;
    }

    /// <summary>Its pages are results, not sources. The path alone does not tell: it may lead through a link.</summary>
    private static bool IsRoot(string directory)
    {
        var journal = Path.Combine(directory, "journal");
        return Directory.Exists(journal) && Directory.EnumerateFiles(journal, "*.segment").Any();
    }

    private static string IdOf(string start, string path) => Path.GetRelativePath(start, path).Replace(Path.DirectorySeparatorChar, '/');
}
