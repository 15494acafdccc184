namespace RetainActors.Storage;

/// <summary>An open file. Reads may run beside one writer.</summary>
public interface IStorageFile : IDisposable
{
    /// <summary>The present length.</summary>
    long Length { get; }

    /// <summary>Fills the buffer from the offset and returns how much there was: less only at the end of the file.</summary>
    int Read(long offset, Span<byte> buffer);

    /// <summary>Writes everything, or throws; then any part may have been written.</summary>
    void Write(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>Cuts or extends the file.</summary>
    void SetLength(long length);

    /// <summary>Makes everything written so far and the length durable, or throws.</summary>
    void Sync();
}
