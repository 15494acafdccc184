using RetainActors.Storage;

namespace RetainActors.Cli.MarkdownPipeline;

/// <summary>
/// The files of one bank. A file is replaced whole: written beside its place, synced, renamed, its directory synced. After a
/// crash there is the old file or the new one, never a part of one.
/// </summary>
internal sealed class BankFiles
{
    public const string Wiki = "wiki";
    public const string Sources = "sources";
    public const string Index = "index.md";
    public const string Log = "log.md";
    public const string Facts = "facts.jsonl";

    private const int MaxFileBytes = 256 * 1024 * 1024;
    private const string TemporaryMark = ".";

    private readonly IFileSystem _files;
    private readonly string _root;

    public BankFiles(IFileSystem files, string root, string bank)
    {
        _files = files;
        _root = Path.GetFullPath(root);
        Directory = Path.Combine(_root, "banks", SafeFileName.Of(bank));
    }

    /// <summary>The bank's directory.</summary>
    public string Directory { get; }

    /// <summary>
    /// Makes the directories, removes what a crash left half written, and makes every name durable that an earlier process
    /// may have left in the page cache.
    /// </summary>
    public void Prepare() => Guard(() =>
    {
        string[] directories = [_root, Path.Combine(_root, "banks"), Directory, PathOf(Sources), PathOf(Wiki)];
        foreach (var directory in directories) MakeDirectory(directory);
        foreach (var directory in directories.Skip(2))
            foreach (var name in _files.ListFiles(directory).Where(IsTemporary))
                _files.Delete(Path.Combine(directory, name));
        foreach (var directory in directories) _files.SyncDirectory(directory);
        return true;
    });

    /// <summary>The names of the files in a directory of the bank, without temporary ones, sorted.</summary>
    public IReadOnlyList<string> List(string directory) =>
        Guard(() => _files.ListFiles(PathOf(directory)).Where(name => !IsTemporary(name)).Order(StringComparer.Ordinal).ToArray());

    /// <summary>The bytes of a file; null when there is none.</summary>
    public byte[]? Read(string relativePath) => Guard(() =>
    {
        var path = PathOf(relativePath);
        try
        {
            using var file = _files.Open(path, FileOpening.Read);
            if (file.Length > MaxFileBytes) throw BankException.Damaged(path, $"it has {file.Length} bytes; at most {MaxFileBytes} are read");
            var bytes = new byte[file.Length];
            return file.Read(0, bytes) == bytes.Length ? bytes : throw BankException.Damaged(path, "it became shorter while it was read");
        }
        catch (FileSystemException e) when (e.Error == FileSystemError.NotFound)
        {
            return null;
        }
    });

    /// <summary>Makes all changes durable: new content by relative path, null to remove the file.</summary>
    public void Commit(IReadOnlyDictionary<string, byte[]?> changes) => Guard(() =>
    {
        foreach (var (path, bytes) in changes)
            if (bytes is not null)
                WriteTemporary(TemporaryOf(path), bytes);
        foreach (var (path, bytes) in changes)
        {
            if (bytes is null) _files.Delete(PathOf(path));
            else _files.Rename(TemporaryOf(path), PathOf(path));
        }

        foreach (var directory in changes.Keys.Select(path => Path.GetDirectoryName(PathOf(path))!).Distinct(StringComparer.Ordinal))
            _files.SyncDirectory(directory);
        return true;
    });

    public string PathOf(string relativePath) => Path.Combine(Directory, relativePath);

    private static bool IsTemporary(string name) => name.StartsWith(TemporaryMark, StringComparison.Ordinal);

    private string TemporaryOf(string relativePath)
    {
        var path = PathOf(relativePath);
        return Path.Combine(Path.GetDirectoryName(path)!, TemporaryMark + Path.GetFileName(path));
    }

    private void WriteTemporary(string path, byte[] bytes)
    {
        _files.Delete(path);
        using var file = _files.Open(path, FileOpening.CreateNew);
        file.Write(0, bytes);
        file.Sync();
    }

    private void MakeDirectory(string path)
    {
        switch (_files.InspectDirectory(path))
        {
            case DirectoryState.Missing:
                _files.CreateDirectory(path);
                if (Path.GetDirectoryName(path) is { } parent) _files.SyncDirectory(parent);
                break;
            case DirectoryState.SymbolicLink:
            case DirectoryState.NotADirectory:
                throw new BankException(
                    BankFailure.BankUnavailable, $"{path} is a symbolic link or a file where a directory is expected. Move it away, or choose another --root.");
        }
    }

    private static T Guard<T>(Func<T> access)
    {
        try
        {
            return access();
        }
        catch (FileSystemException e)
        {
            throw e.Error == FileSystemError.NoSpace
                ? new BankException(BankFailure.BankFull, $"{e.Message} Free space or raise the quota, then run the same command again: it goes on.", e)
                : new BankException(
                    BankFailure.BankUnavailable, $"{e.Message} Check the device and the permissions, then run the same command again: it goes on.", e);
        }
    }
}
