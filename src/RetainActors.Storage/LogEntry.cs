namespace RetainActors.Storage;

/// <summary>
/// One record to append. The log does not copy its bytes: leave them unchanged until the append completed.
/// </summary>
/// <param name="Id">Any well-formed text of 1 to 65,535 UTF-8 bytes.</param>
/// <param name="SequenceNumber">Above every earlier one of the same id; gaps are legal.</param>
/// <param name="Payload">The bytes; the log does not look inside.</param>
public sealed record LogEntry(string Id, long SequenceNumber, ReadOnlyMemory<byte> Payload)
{
    /// <summary>
    /// Stored in front of <see cref="Payload"/>, and read back as its beginning: for who frames bytes that are large, and need not copy them.
    /// </summary>
    public ReadOnlyMemory<byte> Head { get; init; }
}
