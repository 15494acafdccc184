namespace RetainActors.Storage;

/// <summary>Opens a folder as owner or as reader and names everything that can go wrong on the way.</summary>
internal static class LogOpening
{
    private const int MaxAttempts = 100;

    internal static FileLog Open(
        FileLogSettings settings, IFileSystem fileSystem, Func<RecoveredLog, DirectoryLock?, FileLog> create)
    {
        try
        {
            return settings.ReadOnly
                ? create(RecoverForReading(fileSystem, settings), null)
                : OpenAsOwner(fileSystem, settings, create);
        }
        catch (FileSystemException failure)
        {
            throw Named(failure);
        }
    }

    private static FileLog OpenAsOwner(
        IFileSystem fileSystem, FileLogSettings settings, Func<RecoveredLog, DirectoryLock?, FileLog> create)
    {
        var held = DirectoryLock.Take(fileSystem, settings.Directory);
        try
        {
            return create(new Recovery(fileSystem, settings, RecoveryMode.Owner).Run(), held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    private static RecoveredLog RecoverForReading(IFileSystem fileSystem, FileLogSettings settings)
    {
        var directory = settings.Directory;
        DirectoryLock.RequireSafe(fileSystem, directory);
        var attempts = 0;
        while (true)
        {
            var mode = HasOwner() ? RecoveryMode.ReadOnlyBesideOwner : RecoveryMode.ReadOnly;
            try
            {
                var recovered = new Recovery(fileSystem, settings, mode).Run();
                if (mode == RecoveryMode.ReadOnlyBesideOwner || !HasOwner()) return recovered;
                foreach (var segment in recovered.Segments.InOrder) segment.Dispose();
            }
            catch (Exception failure) when (failure is StorageException or FileSystemException
                && mode == RecoveryMode.ReadOnly && HasOwner())
            {
                // An owner came in between and was changing what was read: look again under the rules for that.
            }
            catch (Exception failure) when (failure is SegmentMissingException
                or FileSystemException { Error: FileSystemError.NotFound, Operation: FileOperation.Open }
                && mode == RecoveryMode.ReadOnlyBesideOwner && attempts++ < MaxAttempts)
            {
                // The owner's compaction removed a file between the listing and the opening of it: list again.
            }
        }

        bool HasOwner() => OwnerFile.Read(fileSystem, directory) is { IsAlive: true };
    }

    private static StorageException Named(FileSystemException failure)
    {
        var syncing = failure.Operation is FileOperation.Sync or FileOperation.SyncDirectory;
        if (failure.IsOutOfSpace && !syncing) return new JournalFullException(failure.Message, failure);

        var changing = syncing || failure.Operation
            is FileOperation.Write or FileOperation.SetLength or FileOperation.Rename or FileOperation.Delete;
        return changing && failure.Error is (FileSystemError.InputOutput or FileSystemError.NoSpace)
            ? new JournalPoisonedException(failure.Message, failure)
            : new RootUnavailableException(failure.Message, failure);
    }
}
