using System.Buffers.Binary;

namespace RetainActors.Storage;

/// <summary>A record before it has a position.</summary>
internal record struct RecordDraft(RecordKind Kind, string Id, long SequenceNumber, ReadOnlyMemory<byte> Payload)
{
    /// <summary>The highest number of the id before this one took its own; noted by the commit queue.</summary>
    internal long ReservedBefore { get; set; }

    /// <summary>Bytes of the payload that go in front of <see cref="Payload"/>.</summary>
    internal ReadOnlyMemory<byte> Head { get; init; }

    /// <summary>Its size in the segment, padding included.</summary>
    internal readonly long Size => SegmentFormat.Align(
        checked((long)SegmentFormat.RecordHeaderSize + SegmentFormat.StrictUtf8.GetByteCount(Id) + Head.Length + Payload.Length));
}

/// <summary>Writes records as bytes.</summary>
internal static class RecordEncoder
{
    /// <summary>Encodes into the start of the target and returns how much it took.</summary>
    internal static int Write(Span<byte> target, in RecordDraft draft, long position, Checksum checksum)
    {
        var idLength = SegmentFormat.StrictUtf8.GetBytes(draft.Id, target[SegmentFormat.RecordHeaderSize..]);
        var length = checked(SegmentFormat.RecordHeaderSize + idLength + draft.Head.Length + draft.Payload.Length);
        var padded = checked((int)SegmentFormat.Align(length));

        target[..SegmentFormat.RecordHeaderSize].Clear();
        BinaryPrimitives.WriteInt32LittleEndian(target[4..], length);
        BinaryPrimitives.WriteInt64LittleEndian(target[8..], position);
        BinaryPrimitives.WriteInt64LittleEndian(target[16..], draft.SequenceNumber);
        target[24] = (byte)draft.Kind;
        BinaryPrimitives.WriteUInt16LittleEndian(target[26..], checked((ushort)idLength));
        var payload = target[(SegmentFormat.RecordHeaderSize + idLength)..];
        draft.Head.Span.CopyTo(payload);
        draft.Payload.Span.CopyTo(payload[draft.Head.Length..]);
        target[length..padded].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(target, checksum.Of(target[4..padded]));
        return padded;
    }
}
