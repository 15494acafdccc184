namespace RetainActors.Storage.Driver;

/// <summary>A file system on which one kind of sync, or locking, does nothing.</summary>
public sealed class LyingFileSystem(IFileSystem inner, FileOperation skipped) : IFileSystem
{
    /// <summary>It is done, but whether it failed is not seen, as with the flush of the base library.</summary>
    public bool Tries { get; init; }

    public DirectoryState InspectDirectory(string path) => inner.InspectDirectory(path);

    public void CreateDirectory(string path) => inner.CreateDirectory(path);

    public IReadOnlyList<string> ListFiles(string directory) => inner.ListFiles(directory);

    public IStorageFile Open(string path, FileOpening opening) => new LyingFile(inner.Open(path, opening), skipped, Tries);

    public bool IsOpen(string path) => inner.IsOpen(path);

    public void Rename(string from, string to) => inner.Rename(from, to);

    public void Delete(string path) => inner.Delete(path);

    public void SyncDirectory(string path)
    {
        if (skipped != FileOperation.SyncDirectory) inner.SyncDirectory(path);
    }

    public IDisposable? TryLockDirectory(string path) => skipped == FileOperation.Lock ? Stream.Null : inner.TryLockDirectory(path);

    private sealed class LyingFile(IStorageFile inner, FileOperation skipped, bool tries) : IStorageFile
    {
        public long Length => inner.Length;

        public int Read(long offset, Span<byte> buffer) => inner.Read(offset, buffer);

        public void Write(long offset, ReadOnlySpan<byte> bytes) => inner.Write(offset, bytes);

        public void SetLength(long length) => inner.SetLength(length);

        public void Sync()
        {
            if (skipped != FileOperation.Sync)
            {
                inner.Sync();
                return;
            }

            try
            {
                if (tries) inner.Sync();
            }
            catch (FileSystemException)
            {
                // That is the lie.
            }
        }

        public void Dispose() => inner.Dispose();
    }
}
