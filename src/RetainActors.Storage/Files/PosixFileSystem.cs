namespace RetainActors.Storage;

/// <summary>
/// The real file system. Tested on Linux; macOS (<c>F_FULLFSYNC</c>) and Windows (<c>FlushFileBuffers</c>, an exclusive lock
/// file, no folder sync) are best effort and untested.
/// </summary>
public sealed class PosixFileSystem : IFileSystem
{
    private const UnixFileMode OwnerOnlyFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnerOnlyFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private PosixFileSystem()
    {
    }

    /// <summary>The only instance; it keeps no state.</summary>
    public static PosixFileSystem Instance { get; } = new();

    /// <inheritdoc/>
    public DirectoryState InspectDirectory(string path) => SystemError.Guard(FileOperation.Inspect, path, () =>
    {
        var info = new DirectoryInfo(path);
        if (info.LinkTarget is not null) return DirectoryState.SymbolicLink;
        if (!info.Exists) return File.Exists(path) ? DirectoryState.NotADirectory : DirectoryState.Missing;
        if (OperatingSystem.IsWindows()) return DirectoryState.Private;

        return (info.UnixFileMode & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) == 0
            ? DirectoryState.Private
            : DirectoryState.WritableByOthers;
    });

    /// <inheritdoc/>
    public void CreateDirectory(string path) => SystemError.Guard(FileOperation.CreateDirectory, path, () =>
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        Directory.CreateDirectory(path, OwnerOnlyFolder);
        // The umask may have taken bits away.
        File.SetUnixFileMode(path, OwnerOnlyFolder);
    });

    /// <inheritdoc/>
    public IReadOnlyList<string> ListFiles(string directory) => SystemError.Guard(FileOperation.List, directory, () =>
        Directory.EnumerateFiles(directory).Select(path => Path.GetFileName(path)).ToArray());

    /// <inheritdoc/>
    public IStorageFile Open(string path, FileOpening opening) => SystemError.Guard(FileOperation.Open, path, () =>
    {
        if (new FileInfo(path).LinkTarget is not null)
            throw new FileSystemException(FileOperation.Open, path, FileSystemError.AccessDenied, "ELOOP (a symbolic link)");

        var options = new FileStreamOptions
        {
            Mode = opening == FileOpening.CreateNew ? FileMode.CreateNew : FileMode.Open,
            Access = opening == FileOpening.Read ? FileAccess.Read : FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
        };
        if (opening == FileOpening.CreateNew && !OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnlyFile;

        var stream = new FileStream(path, options);
        if (opening == FileOpening.CreateNew && !OperatingSystem.IsWindows())
            File.SetUnixFileMode(stream.SafeFileHandle, OwnerOnlyFile);
        return (IStorageFile)new PosixFile(path, stream);
    });

    /// <inheritdoc/>
    public void Rename(string from, string to) =>
        SystemError.Guard(FileOperation.Rename, to, () => File.Move(from, to, overwrite: true));

    /// <inheritdoc/>
    public void Delete(string path) => SystemError.Guard(FileOperation.Delete, path, () => File.Delete(path));

    /// <inheritdoc/>
    public bool IsOpen(string path)
    {
        if (!OperatingSystem.IsLinux()) return true;
        using var handle = SystemError.Guard(FileOperation.Open, path, () => File.OpenHandle(
            path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete));
        return !SystemCalls.IsOnlyHandle(handle);
    }

    /// <inheritdoc/>
    public void SyncDirectory(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        using var handle = SystemCalls.OpenDirectory(path);
        SystemCalls.SyncDirectory(handle, path);
    }

    /// <inheritdoc/>
    public IDisposable? TryLockDirectory(string path)
    {
        if (OperatingSystem.IsWindows()) return TryLockByFile(path);

        var handle = SystemCalls.OpenDirectory(path);
        try
        {
            if (SystemCalls.TryLock(handle, path)) return handle;
        }
        catch
        {
            handle.Dispose();
            throw;
        }

        handle.Dispose();
        return null;
    }

    private static FileStream? TryLockByFile(string path)
    {
        try
        {
            return new FileStream(
                Path.Combine(path, "LOCK"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1,
                FileOptions.DeleteOnClose);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
