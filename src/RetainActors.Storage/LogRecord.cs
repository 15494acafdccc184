namespace RetainActors.Storage;

/// <summary>One durable record as it was appended; its bytes passed their checksum in this very read.</summary>
/// <param name="Id">The id it was appended under.</param>
/// <param name="SequenceNumber">Its number within the id.</param>
/// <param name="Position">Its place in the whole log, ascending in append order and never reused.</param>
/// <param name="Payload">The bytes, owned by the caller.</param>
public sealed record LogRecord(string Id, long SequenceNumber, long Position, ReadOnlyMemory<byte> Payload);
