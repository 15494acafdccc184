using RetainActors.Storage;

namespace RetainActors.Benchmarks.Stores;

/// <summary>The log of this house without actors: group commit by one thread, appending. What the stack above it can reach at most.</summary>
internal sealed class LogStore : IStore
{
    private readonly BenchDirectory _directory = new();
    private readonly FileLogSettings _settings;
    private readonly Dictionary<int, long> _numbers = [];
    private FileLog _log;

    public LogStore()
    {
        _settings = new FileLogSettings { Directory = _directory.File("journal") };
        _log = FileLog.Open(_settings, PosixFileSystem.Instance);
    }

    public string Name => "raw log, no actors (the limit)";

    public bool IsSafe => true;

    public long? DiskBytes => _directory.Bytes;

    public Task SaveAsync(int key, int version)
    {
        // Together: saves of one key at once must reach the log in the order of their numbers.
        lock (_numbers)
        {
            var number = _numbers[key] = _numbers.GetValueOrDefault(key) + 1;
            return _log.AppendAsync([new LogEntry(IdOf(key), number, Documents.Payload)]);
        }
    }

    public async Task<int> LoadAsync(int key)
    {
        var id = IdOf(key);
        var number = await _log.GetHighestSequenceNumberAsync(id);
        return _log.Read(id, number, number, 1).Single().Payload.Length == Documents.Payload.Length ? -1 : 0;
    }

    public Task ReopenAsync()
    {
        _log.Dispose();
        _log = FileLog.Open(_settings, PosixFileSystem.Instance);
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _log.Dispose();
        _directory.Dispose();
        return ValueTask.CompletedTask;
    }

    private static string IdOf(int key) => Documents.KeyOf(key).PersistenceId;
}
