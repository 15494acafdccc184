namespace RetainActors.Storage;

/// <summary>
/// What the log needs of a file system. Every failure is a <see cref="FileSystemException"/>; only <c>EINTR</c> is retried.
/// A written byte is durable after <see cref="IStorageFile.Sync"/>, a name after <see cref="SyncDirectory"/>.
/// </summary>
public interface IFileSystem
{
    /// <summary>Says what is at the path without following a symbolic link.</summary>
    DirectoryState InspectDirectory(string path);

    /// <summary>Creates one folder that only its owner may use (0700 whatever the umask).</summary>
    void CreateDirectory(string path);

    /// <summary>The names of the files in a folder, in no particular order.</summary>
    IReadOnlyList<string> ListFiles(string directory);

    /// <summary>Opens a file, never through a symbolic link. A new one can be used by its owner only (0600).</summary>
    IStorageFile Open(string path, FileOpening opening);

    /// <summary>Renames a file, replacing the target.</summary>
    void Rename(string from, string to);

    /// <summary>Deletes a file; an absent one is fine.</summary>
    void Delete(string path);

    /// <summary>Whether anybody, of this process or another one, has a file open; true also where that cannot be told.</summary>
    bool IsOpen(string path) => true;

    /// <summary>Makes the names in a folder durable, or throws.</summary>
    void SyncDirectory(string path);

    /// <summary>Locks a folder until the result is disposed; null when somebody else holds it.</summary>
    IDisposable? TryLockDirectory(string path);
}
