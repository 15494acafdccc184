namespace RetainActors.Storage;

/// <summary>The stable names of everything the log refuses or fails with.</summary>
public enum StorageFailure
{
    /// <summary>A write or sync failed; nothing succeeds until the log is opened again.</summary>
    JournalPoisoned,

    /// <summary>No space or quota left; surely not stored, heals when space returns.</summary>
    JournalFull,

    /// <summary>Bytes are not what was written.</summary>
    SegmentCorrupt,

    /// <summary>A segment file is gone.</summary>
    SegmentMissing,

    /// <summary>Another log owns the folder.</summary>
    RootInUse,

    /// <summary>The folder is a symbolic link or others may write in it.</summary>
    RootUnsafe,

    /// <summary>The folder cannot be created or opened.</summary>
    RootUnavailable,

    /// <summary>The bytes were written by a newer version.</summary>
    FormatTooNew,

    /// <summary>The unit is above the configured limit; not stored.</summary>
    RecordTooLarge,

    /// <summary>The sequence number is not above the highest of its id; not stored.</summary>
    DuplicateSequenceNumber,

    /// <summary>Too much waits for its sync; not stored, try later.</summary>
    Busy,

    /// <summary>The log was opened for reading only.</summary>
    ReadOnly,

    /// <summary>The log was disposed.</summary>
    Closed,
}
