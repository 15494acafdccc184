using RetainActors.Storage;

namespace RetainActors.Persistence.Tests;

/// <summary>A file system that says what comes next, and can leave out every call of one kind.</summary>
public sealed class ObservedFileSystem(IFileSystem inner, Action before, FileOperation? leftOut = null) : IFileSystem
{
    public DirectoryState InspectDirectory(string path) => inner.InspectDirectory(path);

    public void CreateDirectory(string path) => Run(FileOperation.CreateDirectory, () => inner.CreateDirectory(path));

    public IReadOnlyList<string> ListFiles(string directory) => inner.ListFiles(directory);

    public IStorageFile Open(string path, FileOpening opening)
    {
        before();
        return new ObservedFile(this, inner.Open(path, opening));
    }

    public void Rename(string from, string to) => Run(FileOperation.Rename, () => inner.Rename(from, to));

    public void Delete(string path) => Run(FileOperation.Delete, () => inner.Delete(path));

    public void SyncDirectory(string path) => Run(FileOperation.SyncDirectory, () => inner.SyncDirectory(path));

    public IDisposable? TryLockDirectory(string path) => inner.TryLockDirectory(path);

    private void Run(FileOperation operation, Action call)
    {
        before();
        if (operation != leftOut) call();
    }

    private sealed class ObservedFile(ObservedFileSystem owner, IStorageFile inner) : IStorageFile
    {
        public long Length => inner.Length;

        public int Read(long offset, Span<byte> buffer) => inner.Read(offset, buffer);

        public void Write(long offset, ReadOnlySpan<byte> bytes)
        {
            owner.Run(FileOperation.Write, () => { });
            inner.Write(offset, bytes);
        }

        public void SetLength(long length) => owner.Run(FileOperation.SetLength, () => inner.SetLength(length));

        public void Sync() => owner.Run(FileOperation.Sync, inner.Sync);

        public void Dispose() => inner.Dispose();
    }
}
