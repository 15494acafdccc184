namespace RetainActors.Storage;

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
