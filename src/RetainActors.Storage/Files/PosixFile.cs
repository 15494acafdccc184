using Microsoft.Win32.SafeHandles;

namespace RetainActors.Storage;

/// <summary>A file read and written at offsets, without any buffer of our own.</summary>
internal sealed class PosixFile(string path, FileStream stream) : IStorageFile
{
    // Asking the stream for it costs a system call each time.
    private readonly SafeFileHandle _handle = stream.SafeFileHandle;

    public long Length => SystemError.Guard(FileOperation.Inspect, path, () => RandomAccess.GetLength(_handle));

    public int Read(long offset, Span<byte> buffer)
    {
        try
        {
            var total = 0;
            while (total < buffer.Length)
            {
                var read = RandomAccess.Read(_handle, buffer[total..], offset + total);
                if (read == 0) break;
                total += read;
            }

            return total;
        }
        catch (Exception failure) when (SystemError.From(FileOperation.Read, path, failure) is { } named)
        {
            throw named;
        }
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        try
        {
            // Loops over short writes by itself.
            RandomAccess.Write(_handle, bytes, offset);
        }
        catch (Exception failure) when (SystemError.From(FileOperation.Write, path, failure) is { } named)
        {
            throw named;
        }
    }

    public void SetLength(long length) =>
        SystemError.Guard(FileOperation.SetLength, path, () => RandomAccess.SetLength(_handle, length));

    public void Sync() => SystemCalls.SyncFile(_handle, path);

    public void Dispose() => stream.Dispose();
}
