namespace RetainActors.Persistence;

/// <summary>Where a journal keeps its log: the key <c>file-system</c>.</summary>
public enum JournalFileSystem
{
    /// <summary>The file system of this machine.</summary>
    Posix,

    /// <summary>Memory; gone with the actor system.</summary>
    Memory,
}
