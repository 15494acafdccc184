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
