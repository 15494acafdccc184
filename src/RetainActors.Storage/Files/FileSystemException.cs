namespace RetainActors.Storage;

/// <summary>A failed file system call. The log turns it into a <see cref="StorageException"/>.</summary>
/// <param name="operation">The call that failed.</param>
/// <param name="path">The file or folder.</param>
/// <param name="error">The kind of failure.</param>
/// <param name="errorName">The system's name for it, for instance <c>ENOSPC</c>.</param>
/// <param name="cause">The exception behind it, if any.</param>
public sealed class FileSystemException(
    FileOperation operation, string path, FileSystemError error, string errorName, Exception? cause = null)
    : Exception($"{operation} of {path} failed with {errorName}.", cause)
{
    /// <summary>The call that failed.</summary>
    public FileOperation Operation { get; } = operation;

    /// <summary>The kind of failure.</summary>
    public FileSystemError Error { get; } = error;

    internal bool IsOutOfSpace => Error == FileSystemError.NoSpace;
}

/// <summary>Kinds of failure the log tells apart.</summary>
public enum FileSystemError
{
    /// <summary>No such file or folder.</summary>
    NotFound,

    /// <summary>The file exists already.</summary>
    AlreadyExists,

    /// <summary>Not permitted to this user.</summary>
    AccessDenied,

    /// <summary>The file system is mounted read-only.</summary>
    ReadOnlyFileSystem,

    /// <summary>No space or quota left.</summary>
    NoSpace,

    /// <summary>Somebody else holds the lock.</summary>
    WouldBlock,

    /// <summary>The device failed, or any other error.</summary>
    InputOutput,
}

/// <summary>The calls of <see cref="IFileSystem"/> and <see cref="IStorageFile"/>.</summary>
public enum FileOperation
{
    /// <summary>Looking at a folder or a length.</summary>
    Inspect,

    /// <summary>Creating a folder.</summary>
    CreateDirectory,

    /// <summary>Listing a folder.</summary>
    List,

    /// <summary>Opening or creating a file.</summary>
    Open,

    /// <summary>Reading from a file.</summary>
    Read,

    /// <summary>Writing to a file.</summary>
    Write,

    /// <summary>Cutting or extending a file.</summary>
    SetLength,

    /// <summary>Making a file's bytes durable.</summary>
    Sync,

    /// <summary>Making the names in a folder durable.</summary>
    SyncDirectory,

    /// <summary>Renaming a file.</summary>
    Rename,

    /// <summary>Deleting a file.</summary>
    Delete,

    /// <summary>Locking a folder.</summary>
    Lock,
}
