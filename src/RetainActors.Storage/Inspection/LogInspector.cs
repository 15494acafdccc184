namespace RetainActors.Storage;

/// <summary>
/// Reads every byte of a log, beside a running owner or without one. It takes no lock, creates nothing and changes no byte. Damage
/// is reported and read past where that is possible; bytes of any content give findings, never an exception.
/// </summary>
/// <remarks>
/// Everything that <see cref="FileLog.Open"/> would refuse is a finding, and everything that it would serve as
/// <see cref="SegmentCorruptException"/>. Besides, damage to bytes that opening does not read today is one. Memory is that of
/// opening the log, and one segment at most.
/// </remarks>
public sealed class LogInspector
{
    private readonly IFileSystem _fileSystem;
    private readonly string _directory;

    /// <param name="directory">The folder of the segments (<c>ROOT/journal</c>).</param>
    /// <param name="fileSystem">Where it is.</param>
    public LogInspector(string directory, IFileSystem fileSystem)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        ArgumentNullException.ThrowIfNull(fileSystem);
        _directory = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        _fileSystem = fileSystem;
    }

    /// <summary>Called with every whole record, in the order of their positions.</summary>
    public Action<InspectedRecord>? OnRecord { get; init; }

    /// <summary>Called with every finding when it is made.</summary>
    public Action<LogFinding>? OnFinding { get; init; }

    /// <summary>Reads the log as it is now.</summary>
    /// <exception cref="StorageException">There is no log, or its folder cannot be used; nothing was changed.</exception>
    public LogInspection Run(CancellationToken cancellationToken = default)
    {
        try
        {
            DirectoryLock.RequireSafe(_fileSystem, _directory);
            var owner = Owner();
            using var files = InspectedFiles.Open(_fileSystem, _directory, owner is not null);
            var inspection = new LogWalk(_fileSystem, _directory, files, owner, OnRecord, OnFinding).Run(cancellationToken);
            if (owner is not null || Owner() is not { } newcomer) return inspection;

            var note = new LogNote(
                _directory, 0, $"process {newcomer} opened the log meanwhile; what it changed may be among the findings, so look again");
            return inspection with { Notes = [.. inspection.Notes, note] };
        }
        catch (FileSystemException failure)
        {
            throw new RootUnavailableException(failure.Message, failure);
        }
    }

    private int? Owner() => LogOwner.Find(_directory, _fileSystem)?.ProcessId;
}
