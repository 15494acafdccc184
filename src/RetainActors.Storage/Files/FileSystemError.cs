namespace RetainActors.Storage;

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
