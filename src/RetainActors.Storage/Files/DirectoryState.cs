namespace RetainActors.Storage;

/// <summary>What is found where a folder is expected.</summary>
public enum DirectoryState
{
    /// <summary>Nothing.</summary>
    Missing,

    /// <summary>A folder only its owner may write in.</summary>
    Private,

    /// <summary>A folder group or others may write in.</summary>
    WritableByOthers,

    /// <summary>A symbolic link.</summary>
    SymbolicLink,

    /// <summary>Something else.</summary>
    NotADirectory,
}
