using System.Globalization;

namespace RetainActors.Storage;

/// <summary>A file to be used again.</summary>
internal readonly record struct SpareFile(string Path, long Length);

/// <summary>
/// Files of segments that compaction has emptied, to become segments again. Unlinking a large file and growing one hold up the
/// syncs beside it; renaming does not. What they hold counts for nothing: checksums are seeded with the id of a segment, so its
/// records never validate in another one.
/// </summary>
internal sealed class SparePool(IFileSystem fileSystem, string directory, int max, IReadOnlyList<SpareFile> found)
{
    private const string Extension = ".spare";

    private readonly Lock _gate = new();
    private readonly Queue<SpareFile> _files = new(found);
    private long _last = found.Select(file => NumberOf(file.Path)).DefaultIfEmpty(0).Max();

    /// <summary>The size of the files in it now.</summary>
    internal long TotalBytes
    {
        get { lock (_gate) return _files.Sum(file => file.Length); }
    }

    internal static bool IsName(string name) =>
        name.EndsWith(Extension, StringComparison.Ordinal) && Path.GetFileName(PathOf("", NumberOf(name))) == name;

    /// <summary>Keeps as many spare files of an earlier owner as are wanted and nobody reads, and deletes the others.</summary>
    internal static List<SpareFile> Adopt(IFileSystem fileSystem, string directory, int max)
    {
        var kept = new List<SpareFile>();
        foreach (var name in fileSystem.ListFiles(directory).Where(IsName).Order(StringComparer.Ordinal))
        {
            var path = Path.Combine(directory, name);
            if (kept.Count == max || fileSystem.IsOpen(path))
            {
                fileSystem.Delete(path);
                continue;
            }

            using var file = fileSystem.Open(path, FileOpening.Read);
            kept.Add(new SpareFile(path, file.Length));
        }

        return kept;
    }

    /// <summary>Takes a file out, to be given another name; null when there is none.</summary>
    internal string? TryTake()
    {
        lock (_gate) return _files.TryDequeue(out var file) ? file.Path : null;
    }

    /// <summary>
    /// Takes in the file of a segment that a durable one has replaced, or deletes it when there are enough, or when somebody
    /// reads it still, who must go on seeing what was in it.
    /// </summary>
    internal void Add(string path, long length)
    {
        lock (_gate)
        {
            try
            {
                if (_files.Count >= max)
                {
                    fileSystem.Delete(path);
                    return;
                }

                // Under the new name nobody opens it as a segment any more, so that who has it open is known for good.
                var spare = PathOf(directory, ++_last);
                fileSystem.Rename(path, spare);
                if (fileSystem.IsOpen(spare)) fileSystem.Delete(spare);
                else _files.Enqueue(new SpareFile(spare, length));
            }
            catch (FileSystemException)
            {
                // The next opening takes care of it: the new segment says that it stands for this one.
            }
        }
    }

    private static string PathOf(string directory, long number) =>
        Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"{number:D20}{Extension}"));

    private static long NumberOf(string path) =>
        long.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
