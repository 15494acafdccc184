namespace RetainActors.Storage;

/// <summary>
/// Copies every record that is provably intact into a new log, which is written, synced and closed like any other and then read
/// again. The damaged log is not changed. Ids, sequence numbers, payloads and deletions stay; positions are counted anew.
/// </summary>
/// <remarks>
/// A batch in a sealed segment may have lost some of its records: what was one atomic unit can then be there in part. The
/// findings name every lost record that the index of its segment still knows.
/// </remarks>
public sealed class LogRepair
{
    private const int MaxUnitSizeBytes = 1 << 30;
    private const long MaxWaitingBytes = 8 << 20;

    private readonly IFileSystem _fileSystem;
    private readonly string _source;
    private readonly string _output;
    private readonly List<Task> _waiting = [];
    private long _waitingBytes;
    private long _events;
    private long _deletions;

    /// <param name="source">The folder of the damaged log.</param>
    /// <param name="output">The folder of the new one; it must not hold a log.</param>
    /// <param name="fileSystem">Where both are.</param>
    public LogRepair(string source, string output, IFileSystem fileSystem)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(source);
        ArgumentException.ThrowIfNullOrWhiteSpace(output);
        ArgumentNullException.ThrowIfNull(fileSystem);
        _source = Path.TrimEndingDirectorySeparator(Path.GetFullPath(source));
        _output = Path.TrimEndingDirectorySeparator(Path.GetFullPath(output));
        if (_source == _output) throw new ArgumentException("A log is never repaired in place.", nameof(output));
        _fileSystem = fileSystem;
    }

    /// <summary>Called with everything that is left out.</summary>
    public Action<LogFinding>? OnLeftOut { get; init; }

    /// <summary>Copies the log. When this throws, the output is not complete and must not be used.</summary>
    /// <exception cref="RootInUseException">The log to repair has a running owner.</exception>
    /// <exception cref="StorageException">The log cannot be read at all, or the new one cannot be written.</exception>
    public LogRepairReport Run(CancellationToken cancellationToken = default)
    {
        RequireNoOwner();
        RequireNoLog();
        // What cannot be read at all is refused before anything is created.
        DirectoryLock.RequireSafe(_fileSystem, _source);
        LogInspection source;
        using (var log = FileLog.Open(
            new FileLogSettings
            {
                Directory = _output, MaxUnitSizeBytes = MaxUnitSizeBytes, MaxQueuedBytes = 2L * MaxUnitSizeBytes, CompactionLiveShare = 0,
            },
            _fileSystem))
        {
            source = new LogInspector(_source, _fileSystem) { OnFinding = OnLeftOut, OnRecord = record => Copy(log, record) }.Run(cancellationToken);
            AwaitWritten();
        }

        RequireNoOwner();
        return new LogRepairReport(source, _events, _deletions, new LogInspector(_output, _fileSystem).Run(cancellationToken));
    }

    private void Copy(FileLog log, InspectedRecord record)
    {
        var written = record.Kind == InspectedKind.Event
            ? log.AppendAsync([new LogEntry(record.Id, record.SequenceNumber, record.Payload)])
            : log.DeleteAsync(record.Id, record.SequenceNumber, record.Highest);
        // A number that contradicts an earlier one was reported as damage, so it is left out.
        if (written is { IsFaulted: true, Exception.InnerException: DuplicateSequenceNumberException }) return;

        if (record.Kind == InspectedKind.Event) _events++;
        else _deletions++;
        _waiting.Add(written);
        _waitingBytes += record.Payload.Length + SegmentFormat.RecordHeaderSize;
        if (_waitingBytes >= MaxWaitingBytes) AwaitWritten();
    }

    private void AwaitWritten()
    {
        Task.WhenAll(_waiting).GetAwaiter().GetResult();
        _waiting.Clear();
        _waitingBytes = 0;
    }

    private void RequireNoOwner()
    {
        if (OwnerFile.Read(_fileSystem, _source) is { IsAlive: true } owner)
            throw new RootInUseException(_source, owner.ProcessId, owner.Host, owner.Since);
    }

    private void RequireNoLog()
    {
        try
        {
            if (_fileSystem.InspectDirectory(_output) != DirectoryState.Missing && _fileSystem.ListFiles(_output).Count > 0)
                throw new RootUnavailableException($"{_output} is not empty.");
        }
        catch (FileSystemException failure)
        {
            throw new RootUnavailableException(failure.Message, failure);
        }
    }
}
