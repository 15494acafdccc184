namespace RetainActors.Storage;

/// <summary>
/// One record to append. The log does not copy <paramref name="Payload"/>: leave it unchanged until the append completed.
/// </summary>
/// <param name="Id">Any well-formed text of 1 to 65,535 UTF-8 bytes.</param>
/// <param name="SequenceNumber">Above every earlier one of the same id; gaps are legal.</param>
/// <param name="Payload">The bytes; the log does not look inside.</param>
public sealed record LogEntry(string Id, long SequenceNumber, ReadOnlyMemory<byte> Payload);
