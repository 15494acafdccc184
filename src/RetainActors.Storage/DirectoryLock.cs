namespace RetainActors.Storage;

/// <summary>The ownership of a log's folder: it is made if need be, must be safe, and has one owner at a time.</summary>
internal sealed class DirectoryLock : IDisposable
{
    private readonly IFileSystem _fileSystem;
    private readonly string _directory;
    private readonly IDisposable _lock;

    private DirectoryLock(IFileSystem fileSystem, string directory, IDisposable held)
    {
        _fileSystem = fileSystem;
        _directory = directory;
        _lock = held;
    }

    internal static DirectoryLock Take(IFileSystem fileSystem, string directory)
    {
        Create(fileSystem, directory);
        RequireSafe(fileSystem, directory);
        var held = fileSystem.TryLockDirectory(directory);
        if (held is null)
        {
            var owner = OwnerFile.Read(fileSystem, directory);
            throw new RootInUseException(directory, owner?.ProcessId, owner?.Host, owner?.Since);
        }

        try
        {
            OwnerFile.ThisProcess(DateTimeOffset.UtcNow).Write(fileSystem, directory);
            return new DirectoryLock(fileSystem, directory, held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Refuses a folder, or a parent of it, that is a link or that others may write in.</summary>
    internal static void RequireSafe(IFileSystem fileSystem, string directory)
    {
        foreach (var path in new[] { Path.GetDirectoryName(directory), directory })
        {
            if (path is null) continue;
            switch (fileSystem.InspectDirectory(path))
            {
                case DirectoryState.SymbolicLink:
                    throw new RootUnsafeException(path, "is a symbolic link");
                case DirectoryState.WritableByOthers:
                    throw new RootUnsafeException(path, "can be written by group or others");
                case DirectoryState.NotADirectory:
                    throw new RootUnavailableException($"{path} is not a folder.");
                case DirectoryState.Missing:
                    throw new RootUnavailableException($"There is no journal at {path}.");
            }
        }
    }

    /// <summary>
    /// Makes the names of the folder and of all above it durable. Needed before the first segment, whoever created them: an
    /// earlier process may have died between creating and syncing.
    /// </summary>
    internal static void SyncNames(IFileSystem fileSystem, string directory)
    {
        for (var above = Path.GetDirectoryName(directory); above is not null; above = Path.GetDirectoryName(above))
        {
            try
            {
                fileSystem.SyncDirectory(above);
            }
            catch (FileSystemException failure)
                when (failure.Error is FileSystemError.AccessDenied or FileSystemError.ReadOnlyFileSystem)
            {
                // A folder that this user cannot read was not made by this user's log either.
            }
        }
    }

    public void Dispose()
    {
        try
        {
            OwnerFile.Remove(_fileSystem, _directory);
        }
        catch (FileSystemException)
        {
            // It only informs; the lock below is what counts.
        }

        _lock.Dispose();
    }

    private static void Create(IFileSystem fileSystem, string directory)
    {
        if (fileSystem.InspectDirectory(directory) != DirectoryState.Missing) return;
        if (Path.GetDirectoryName(directory) is not { } parent) return;

        Create(fileSystem, parent);
        fileSystem.CreateDirectory(directory);
    }
}
