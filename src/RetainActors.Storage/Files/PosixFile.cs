namespace RetainActors.Storage;

/// <summary>A file read and written at offsets, without any buffer of our own.</summary>
internal sealed class PosixFile(string path, FileStream stream) : IStorageFile
{
    public long Length => SystemError.Guard(FileOperation.Inspect, path, () => RandomAccess.GetLength(stream.SafeFileHandle));

    public int Read(long offset, Span<byte> buffer)
    {
        try
        {
            var total = 0;
            while (total < buffer.Length)
            {
                var read = RandomAccess.Read(stream.SafeFileHandle, buffer[total..], offset + total);
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
            RandomAccess.Write(stream.SafeFileHandle, bytes, offset);
        }
        catch (Exception failure) when (SystemError.From(FileOperation.Write, path, failure) is { } named)
        {
            throw named;
        }
    }

    public void SetLength(long length) =>
        SystemError.Guard(FileOperation.SetLength, path, () => RandomAccess.SetLength(stream.SafeFileHandle, length));

    public void Sync() => SystemCalls.SyncFile(stream.SafeFileHandle, path);

    public void Dispose() => stream.Dispose();
}
