namespace RetainActors.Storage;

/// <summary>A handle to a file in memory.</summary>
internal sealed class MemoryFile(MemoryFileSystem owner, string path, MemoryInode inode, bool writable) : IStorageFile
{
    private bool _disposed;

    public long Length => Run(FileOperation.Inspect, () => inode.Length);

    public int Read(long offset, Span<byte> buffer)
    {
        var wanted = buffer.Length;
        var bytes = Run(FileOperation.Read, () => inode.Read(offset, wanted));
        bytes.CopyTo(buffer);
        return bytes.Length;
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        var copy = bytes.ToArray();
        // A failed write has written something all the same, as a full disk does.
        Run(FileOperation.Write, () => Change(offset, copy), () => Change(offset, copy[..(copy.Length / 2)]));
    }

    public void SetLength(long length) => Run(FileOperation.SetLength, () =>
    {
        inode.SetLength(length);
        return true;
    });

    // After a failed sync the bytes count as clean and a later sync does not write them: this is what Linux does.
    public void Sync() => Run(FileOperation.Sync, () => inode.Sync(succeeds: true), () => inode.Sync(succeeds: false));

    public void Dispose()
    {
        if (!_disposed) inode.Closed();
        _disposed = true;
    }

    private bool Change(long offset, byte[] bytes)
    {
        if (!writable) throw new FileSystemException(FileOperation.Write, path, FileSystemError.AccessDenied, "EBADF");
        inode.Write(offset, bytes);
        return true;
    }

    private T Run<T>(FileOperation operation, Func<T> call, Action? onFailure = null)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return owner.Run(operation, path, call, onFailure);
    }
}
