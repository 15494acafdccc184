using RetainActors.Storage;

namespace RetainActors.Persistence.Tests;

/// <summary>A file system whose syncs can be held back. Failures are planned on the memory file system below it.</summary>
public sealed class StallingFileSystem(IFileSystem inner) : IFileSystem
{
    private TaskCompletionSource? _gate;
    private int _stalled;

    /// <summary>How many syncs were held back so far.</summary>
    public int Stalled => Volatile.Read(ref _stalled);

    public void Stall() => Volatile.Write(ref _gate, new TaskCompletionSource());

    public void Resume() => Interlocked.Exchange(ref _gate, null)?.SetResult();

    public DirectoryState InspectDirectory(string path) => inner.InspectDirectory(path);

    public void CreateDirectory(string path) => inner.CreateDirectory(path);

    public IReadOnlyList<string> ListFiles(string directory) => inner.ListFiles(directory);

    public IStorageFile Open(string path, FileOpening opening) => new StallingFile(this, inner.Open(path, opening));

    public void Rename(string from, string to) => inner.Rename(from, to);

    public void Delete(string path) => inner.Delete(path);

    public void SyncDirectory(string path) => inner.SyncDirectory(path);

    public IDisposable? TryLockDirectory(string path) => inner.TryLockDirectory(path);

    private void WaitForResume()
    {
        if (Volatile.Read(ref _gate) is not { } gate) return;
        Interlocked.Increment(ref _stalled);
        gate.Task.Wait();
    }

    private sealed class StallingFile(StallingFileSystem owner, IStorageFile inner) : IStorageFile
    {
        public long Length => inner.Length;

        public int Read(long offset, Span<byte> buffer) => inner.Read(offset, buffer);

        public void Write(long offset, ReadOnlySpan<byte> bytes) => inner.Write(offset, bytes);

        public void SetLength(long length) => inner.SetLength(length);

        public void Sync()
        {
            owner.WaitForResume();
            inner.Sync();
        }

        public void Dispose() => inner.Dispose();
    }
}
