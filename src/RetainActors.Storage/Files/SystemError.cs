namespace RetainActors.Storage;

/// <summary>Names the errors of the system and of the base library's exceptions.</summary>
internal static class SystemError
{
    internal const int Interrupted = 4;

    internal static void Guard(FileOperation operation, string path, Action call) => Guard(operation, path, () =>
    {
        call();
        return true;
    });

    internal static T Guard<T>(FileOperation operation, string path, Func<T> call)
    {
        try
        {
            return call();
        }
        catch (Exception failure) when (From(operation, path, failure) is { } named)
        {
            throw named;
        }
    }

    /// <summary>The named form of an exception of the base library; null for anything that is no file system failure.</summary>
    internal static FileSystemException? From(FileOperation operation, string path, Exception failure) => failure switch
    {
        FileNotFoundException or DirectoryNotFoundException =>
            new FileSystemException(operation, path, FileSystemError.NotFound, "ENOENT", failure),
        // Its inner exception holds the errno, which tells EACCES from EPERM.
        UnauthorizedAccessException { InnerException: IOException inner } => FromErrno(operation, path, inner.HResult, failure),
        UnauthorizedAccessException => new FileSystemException(operation, path, FileSystemError.AccessDenied, "EACCES", failure),
        PathTooLongException => new FileSystemException(operation, path, FileSystemError.InputOutput, "ENAMETOOLONG", failure),
        IOException => FromErrno(operation, path, failure.HResult, failure),
        // RandomAccess reports a file size limit this way.
        ArgumentOutOfRangeException => new FileSystemException(operation, path, FileSystemError.InputOutput, "EFBIG", failure),
        _ => null,
    };

    internal static FileSystemException FromErrno(FileOperation operation, string path, int errno, Exception? cause = null)
    {
        var (error, name) = errno switch
        {
            1 => (FileSystemError.AccessDenied, "EPERM"),
            2 => (FileSystemError.NotFound, "ENOENT"),
            5 => (FileSystemError.InputOutput, "EIO"),
            13 => (FileSystemError.AccessDenied, "EACCES"),
            17 => (FileSystemError.AlreadyExists, "EEXIST"),
            20 => (FileSystemError.InputOutput, "ENOTDIR"),
            24 => (FileSystemError.InputOutput, "EMFILE"),
            28 => (FileSystemError.NoSpace, "ENOSPC"),
            30 => (FileSystemError.ReadOnlyFileSystem, "EROFS"),
            _ when errno == QuotaExceeded => (FileSystemError.NoSpace, "EDQUOT"),
            _ when errno == WouldBlock => (FileSystemError.WouldBlock, "EWOULDBLOCK"),
            _ => (FileSystemError.InputOutput, $"error {errno}"),
        };
        return new FileSystemException(operation, path, error, name, cause);
    }

    internal static FileSystemException FromWindows(FileOperation operation, string path, int error) =>
        new(operation, path, error is 39 or 112 ? FileSystemError.NoSpace : FileSystemError.InputOutput, $"error {error}");

    private static int QuotaExceeded => OperatingSystem.IsMacOS() ? 69 : 122;

    private static int WouldBlock => OperatingSystem.IsMacOS() ? 35 : 11;
}
