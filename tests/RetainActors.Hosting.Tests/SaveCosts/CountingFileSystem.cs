using RetainActors.Storage;

namespace RetainActors.Hosting.Tests.SaveCosts;

/// <summary>Counts the writes and syncs of files. The mark of an idle log, which is written by time, does not count.</summary>
internal sealed class CountingFileSystem(IFileSystem inner) : IFileSystem
{
    /// <summary>A mark is a batch header without records.</summary>
    private const int MarkBytes = 40;

    private int _writes;
    private int _syncs;

    public (int Writes, int Syncs) Counted => (Volatile.Read(ref _writes), Volatile.Read(ref _syncs));

    public DirectoryState InspectDirectory(string path) => inner.InspectDirectory(path);

    public void CreateDirectory(string path) => inner.CreateDirectory(path);

    public IReadOnlyList<string> ListFiles(string directory) => inner.ListFiles(directory);

    public IStorageFile Open(string path, FileOpening opening) => new CountedFile(inner.Open(path, opening), this);

    public void Rename(string from, string to) => inner.Rename(from, to);

    public void Delete(string path) => inner.Delete(path);

    public bool IsOpen(string path) => inner.IsOpen(path);

    public void SyncDirectory(string path) => inner.SyncDirectory(path);

    public IDisposable? TryLockDirectory(string path) => inner.TryLockDirectory(path);

    private sealed class CountedFile(IStorageFile inner, CountingFileSystem counts) : IStorageFile
    {
        private bool _hasRecords;

        public long Length => inner.Length;

        public int Read(long offset, Span<byte> buffer) => inner.Read(offset, buffer);

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            inner.Write(offset, bytes);
            if (bytes.Length <= MarkBytes) return;
            _hasRecords = true;
            Interlocked.Increment(ref counts._writes);
        }

        public void SetLength(long length) => inner.SetLength(length);

        public void Sync()
        {
            inner.Sync();
            if (_hasRecords) Interlocked.Increment(ref counts._syncs);
            _hasRecords = false;
        }

        public void Dispose() => inner.Dispose();
    }
}
