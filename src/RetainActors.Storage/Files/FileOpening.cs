namespace RetainActors.Storage;

/// <summary>How to open a file.</summary>
public enum FileOpening
{
    /// <summary>An existing file, for reading.</summary>
    Read,

    /// <summary>An existing file, for reading and writing.</summary>
    ReadWrite,

    /// <summary>A file that must not exist yet.</summary>
    CreateNew,
}
