using System.Collections.Concurrent;
using RetainActors.Storage;

namespace RetainActors.Benchmarks.Stores;

/// <summary>
/// A file for each key, written whole to a temporary file and renamed: the seed's pattern; with syncs of the file and of its folder
/// between, the pattern that a careful user would write. Its calls block, so threads of its own make them.
/// </summary>
internal sealed class FileStore : IStore
{
    private const int Threads = 64;

    private readonly BenchDirectory _folder = new();
    private readonly BlockingCollection<(int Key, int Version, TaskCompletionSource Done)> _queue = [];
    private readonly Thread[] _threads;

    public FileStore(bool synced)
    {
        IsSafe = synced;
        _threads = [.. Enumerable.Range(0, Threads).Select(_ => new Thread(Write) { IsBackground = true })];
        foreach (var thread in _threads) thread.Start();
    }

    public string Name => IsSafe ? "file per key: temporary, sync, rename, sync" : "file per key as the seed writes it, no sync";

    public bool IsSafe { get; }

    public long? DiskBytes => _folder.Bytes;

    public Task SaveAsync(int key, int version)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _queue.Add((key, version, done));
        return done.Task;
    }

    public Task<int> LoadAsync(int key) => Task.FromResult(File.ReadAllBytes(PathOf(key)).Length == Documents.Payload.Length ? -1 : 0);

    public Task ReopenAsync() => Task.CompletedTask;

    public ValueTask DisposeAsync()
    {
        _queue.CompleteAdding();
        foreach (var thread in _threads) thread.Join();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private string PathOf(int key) => _folder.File($"{key}.json");

    private void Write()
    {
        foreach (var (key, version, done) in _queue.GetConsumingEnumerable())
        {
            var temporary = _folder.File($"{key}.{version}.tmp");
            using (var file = PosixFileSystem.Instance.Open(temporary, FileOpening.CreateNew))
            {
                file.Write(0, Documents.Payload);
                if (IsSafe) file.Sync();
            }

            PosixFileSystem.Instance.Rename(temporary, PathOf(key));
            if (IsSafe) PosixFileSystem.Instance.SyncDirectory(_folder.Path);
            done.SetResult();
        }
    }
}
