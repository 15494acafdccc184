namespace RetainActors.Storage;

/// <summary>A record as it lies in its segment, deleted or not; its bytes passed their checksum.</summary>
/// <param name="File">The full path of the segment.</param>
/// <param name="Offset">Where the record starts.</param>
/// <param name="Position">Its place in the whole log.</param>
/// <param name="Id">The id it was appended under.</param>
/// <param name="SequenceNumber">Its number within the id; of a deletion, up to which number.</param>
/// <param name="Kind">What it says.</param>
/// <param name="Highest">The highest number of the id that the record knows of.</param>
/// <param name="Payload">The bytes of an event, owned by the receiver; empty for a deletion.</param>
public sealed record InspectedRecord(
    string File, long Offset, long Position, string Id, long SequenceNumber, InspectedKind Kind, long Highest,
    ReadOnlyMemory<byte> Payload);
