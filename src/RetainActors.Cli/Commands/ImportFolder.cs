using RetainActors.Json;

namespace RetainActors.Cli.Commands;

/// <summary>One file below the folder.</summary>
/// <param name="File">Its path below the folder, with slashes.</param>
/// <param name="Key">The key inside it; null when it cannot be imported.</param>
/// <param name="Problem">Why it cannot be imported.</param>
internal sealed record ImportFile(string File, CheckpointKey? Key, AstrocyteFileProblem? Problem);

/// <summary>The folder that Astrocyte wrote its checkpoints to. It is only read, and links in it are not followed.</summary>
internal sealed class ImportFolder(string folder)
{
    /// <summary>Well above what a checkpoint may have, which is written wider in a file than it is stored.</summary>
    public const long MaxSizeBytes = 64 * 1024 * 1024;

    private const string Extension = ".json";

    private readonly string _folder = Path.GetFullPath(folder);

    /// <summary>Looks at every file, in order of their paths. Of files that hold the same key none is good.</summary>
    public IReadOnlyList<ImportFile> Find(CancellationToken cancellationToken)
    {
        var files = new List<ImportFile>();
        var open = new Stack<string>([_folder]);
        while (open.TryPop(out var directory))
        {
            try
            {
                foreach (var child in new DirectoryInfo(directory).EnumerateFileSystemInfos())
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (child is DirectoryInfo && child.LinkTarget is null) open.Push(child.FullName);
                    else files.Add(Judge(PathOf(child.FullName), child));
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                files.Add(new ImportFile(PathOf(directory) + '/', null, new(AstrocyteFileReason.Unavailable, $"the directory cannot be listed: {e.Message}")));
            }
        }

        files.Sort((one, other) => string.CompareOrdinal(one.File, other.File));
        return WithoutCollisions(files);
    }

    /// <summary>Reads a file, or says why it cannot be imported.</summary>
    public (RetainContext? Context, AstrocyteFileProblem? Problem) Read(string file)
    {
        try
        {
            var path = Path.Combine(_folder, file);
            var size = new FileInfo(path).Length;
            if (size > MaxSizeBytes) return (null, new(AstrocyteFileReason.TooLarge, $"the file has {size} bytes, at most {MaxSizeBytes} are read"));
            // A pipe has no length either, and opening one would wait for ever.
            var context = AstrocyteCheckpointFile.Import(size == 0 ? [] : File.ReadAllBytes(path), out var problem);
            if (context is null || AstrocyteFileName.IsPathOf(file, context.Key)) return (context, problem);
            return (null, new(
                AstrocyteFileReason.OtherKey,
                $"the ids inside are '{context.Key.Bank}' and '{context.Key.Source}', whose file is {AstrocyteFileName.SeedPathOf(context.Key)}; move it there to import it"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, new(AstrocyteFileReason.Unavailable, $"the file cannot be read: {e.Message}"));
        }
    }

    private ImportFile Judge(string file, FileSystemInfo info)
    {
        if (info.LinkTarget is not null) return new ImportFile(file, null, new(AstrocyteFileReason.Foreign, "it is a symbolic link; links are not followed"));
        if (!file.EndsWith(Extension, StringComparison.Ordinal))
            return new ImportFile(file, null, new(AstrocyteFileReason.Foreign, $"its name does not end in {Extension}, as that of a finished checkpoint file does"));
        var (context, problem) = Read(file);
        return new ImportFile(file, context?.Key, problem);
    }

    private static List<ImportFile> WithoutCollisions(List<ImportFile> files)
    {
        var filesOf = files.Where(file => file.Key is not null).ToLookup(file => file.Key!);
        return files.ConvertAll(file => file.Key is { } key && filesOf[key].Skip(1).Any()
            ? new ImportFile(file.File, null, new(
                AstrocyteFileReason.Colliding,
                $"it holds the same key as {string.Join(", ", filesOf[key].Select(other => other.File).Where(other => other != file.File))}; remove all but one"))
            : file);
    }

    private string PathOf(string path) => Path.GetRelativePath(_folder, path).Replace(Path.DirectorySeparatorChar, '/');
}
