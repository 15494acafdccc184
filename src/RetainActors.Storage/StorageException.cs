namespace RetainActors.Storage;

/// <summary>The base of every failure that crosses the API: one type and one <see cref="Reason"/> per kind.</summary>
public abstract class StorageException(StorageFailure reason, string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>The stable name of the failure.</summary>
    public StorageFailure Reason { get; } = reason;
}

/// <summary>A write or sync failed, so what is durable is unknown: nothing succeeds on this instance any more.</summary>
public sealed class JournalPoisonedException(string what, Exception? cause = null) : StorageException(
    StorageFailure.JournalPoisoned,
    $"{what} What is on the disk is unknown now, so this log refuses everything. Check the device, then open the log again.",
    cause);

/// <summary>There is no space or quota left; the append is surely not stored and later ones work once space returns.</summary>
public sealed class JournalFullException(string what, Exception? cause = null) : StorageException(
    StorageFailure.JournalFull,
    $"{what} Nothing of it was stored. Free space or raise the quota; the log then goes on by itself.",
    cause);

/// <summary>Bytes on the disk are not what was written there.</summary>
public sealed class SegmentCorruptException(string file, long offset, string expectation) : StorageException(
    StorageFailure.SegmentCorrupt,
    $"{file} is damaged at offset {offset}: expected {expectation}. Nothing was changed. Restore the file from a backup or a replica.")
{
    /// <summary>The damaged file.</summary>
    public string File { get; } = file;

    /// <summary>Where the damage starts.</summary>
    public long Offset { get; } = offset;

    /// <summary>What was expected there.</summary>
    public string Expectation { get; } = expectation;
}

/// <summary>A segment file that must exist does not.</summary>
public sealed class SegmentMissingException(string file, string evidence) : StorageException(
    StorageFailure.SegmentMissing,
    $"{file} is missing: {evidence}. Nothing was changed. Restore the file from a backup or a replica.")
{
    /// <summary>The file that should be there.</summary>
    public string File { get; } = file;
}

/// <summary>Another log, maybe of another process, owns the folder.</summary>
public sealed class RootInUseException(string directory, int? processId, string? host, DateTimeOffset? since) : StorageException(
    StorageFailure.RootInUse,
    $"{directory} is in use by process {processId?.ToString() ?? "(unknown)"} on {host ?? "(unknown host)"} since "
    + $"{since?.ToString("O") ?? "(unknown)"}. Stop that process, or open the folder read-only.")
{
    /// <summary>The owner's process id, when it could be read.</summary>
    public int? ProcessId { get; } = processId;

    /// <summary>The owner's host name, when it could be read.</summary>
    public string? Host { get; } = host;

    /// <summary>Since when it owns the folder, when it could be read.</summary>
    public DateTimeOffset? Since { get; } = since;
}

/// <summary>The folder is a symbolic link, or group or others may write in it.</summary>
public sealed class RootUnsafeException(string path, string defect) : StorageException(
    StorageFailure.RootUnsafe, $"{path} {defect}. Use a real folder that only its owner can write (chmod 700).");

/// <summary>The folder cannot be created or opened.</summary>
public sealed class RootUnavailableException(string what, Exception? cause = null) : StorageException(
    StorageFailure.RootUnavailable, $"{what} Check that the folder exists and that this user may read and write it.", cause);

/// <summary>The bytes were written by a newer version of this library.</summary>
public sealed class FormatTooNewException(string file, long offset, string found) : StorageException(
    StorageFailure.FormatTooNew,
    $"{file} has {found} at offset {offset}, which this version does not know. Nothing was changed. Use a newer version.");

/// <summary>An atomic unit is larger than the configured limit.</summary>
public sealed class RecordTooLargeException(long size, long limit) : StorageException(
    StorageFailure.RecordTooLarge,
    $"The unit takes {size} bytes in the log and {limit} are allowed. Split it or raise the limit.");

/// <summary>The sequence number is not above the highest of its id.</summary>
public sealed class DuplicateSequenceNumberException(string id, long sequenceNumber, long highest) : StorageException(
    StorageFailure.DuplicateSequenceNumber,
    $"Sequence number {sequenceNumber} of '{id}' is not above the highest, {highest}. Two writers may share the id.");

/// <summary>Too many bytes wait for their sync.</summary>
public sealed class BusyException(long queued, long limit) : StorageException(
    StorageFailure.Busy, $"{queued} bytes wait for their sync and {limit} are allowed. Try again later.");

/// <summary>The log was opened for reading only.</summary>
public sealed class LogReadOnlyException(string directory) : StorageException(
    StorageFailure.ReadOnly, $"{directory} was opened read-only. Open it for writing.");

/// <summary>The log was disposed.</summary>
public sealed class LogClosedException(string directory) : StorageException(
    StorageFailure.Closed, $"The log in {directory} is closed. Open it again.");
