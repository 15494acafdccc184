using System.Collections.Concurrent;
using System.Text;

namespace RetainActors.Benchmarks.Stores;

/// <summary>
/// An embedded database as a careful user would drive it: one writer thread takes everything that waits, commits it as one synced
/// transaction, and completes the saves.
/// </summary>
internal abstract class BatchedStore : IStore
{
    private const int MaxBatch = 4096;

    private readonly BlockingCollection<(int Key, TaskCompletionSource Done)> _queue = [];
    private Thread? _writer;

    public abstract string Name { get; }

    public bool IsSafe => true;

    public long? DiskBytes => Folder.Bytes;

    protected BenchDirectory Folder { get; } = new();

    public Task SaveAsync(int key, int version)
    {
        if (_writer is null) StartWriter();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _queue.Add((key, done));
        return done.Task;
    }

    public Task<int> LoadAsync(int key) => Task.FromResult(Read(KeyBytes(key)) == Documents.Payload.Length ? -1 : 0);

    public Task ReopenAsync()
    {
        Close();
        Open();
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        _queue.CompleteAdding();
        _writer?.Join();
        Close();
        Folder.Dispose();
        return ValueTask.CompletedTask;
    }

    protected abstract void Open();

    protected abstract void Close();

    /// <summary>Stores the payload under each key and syncs once.</summary>
    protected abstract void Commit(IReadOnlyList<byte[]> keys);

    /// <summary>The number of bytes stored under a key; 0 when there are none.</summary>
    protected abstract int Read(byte[] key);

    private static byte[] KeyBytes(int key) => Encoding.UTF8.GetBytes(Documents.KeyOf(key).PersistenceId);

    private void StartWriter()
    {
        lock (_queue)
        {
            if (_writer is not null) return;
            var writer = new Thread(Write) { IsBackground = true, Name = Name };
            writer.Start();
            _writer = writer;
        }
    }

    private void Write()
    {
        var batch = new List<(int Key, TaskCompletionSource Done)>();
        foreach (var first in _queue.GetConsumingEnumerable())
        {
            batch.Add(first);
            while (batch.Count < MaxBatch && _queue.TryTake(out var next)) batch.Add(next);
            Commit([.. batch.Select(save => KeyBytes(save.Key))]);
            foreach (var save in batch) save.Done.SetResult();
            batch.Clear();
        }
    }
}
