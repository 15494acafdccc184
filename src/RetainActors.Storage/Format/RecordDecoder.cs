using System.Buffers.Binary;
using System.Text.Unicode;

namespace RetainActors.Storage;

/// <summary>A record found in bytes; <see cref="Id"/> and <see cref="Payload"/> lie in them.</summary>
internal readonly ref struct RecordView
{
    internal required RecordKind Kind { get; init; }

    internal required long Position { get; init; }

    internal required long SequenceNumber { get; init; }

    internal required ReadOnlySpan<byte> Id { get; init; }

    internal required ReadOnlySpan<byte> Payload { get; init; }

    /// <summary>Its size in the segment, padding included.</summary>
    internal required int Size { get; init; }
}

/// <summary>Reads records from bytes of any origin.</summary>
internal static class RecordDecoder
{
    /// <summary>Decodes the record at the start of the bytes.</summary>
    internal static Decoded Read(ReadOnlySpan<byte> source, Checksum checksum, out RecordView record)
    {
        record = default;
        if (source.Length < SegmentFormat.RecordHeaderSize) return Decoded.Damaged;

        var length = BinaryPrimitives.ReadInt32LittleEndian(source[4..]);
        var idLength = BinaryPrimitives.ReadUInt16LittleEndian(source[26..]);
        if (length < SegmentFormat.RecordHeaderSize + idLength || SegmentFormat.Align(length) > source.Length)
            return Decoded.Damaged;

        var padded = (int)SegmentFormat.Align(length);
        if (BinaryPrimitives.ReadUInt32LittleEndian(source) != checksum.Of(source[4..padded])) return Decoded.Damaged;
        if (source[25] != 0 || BinaryPrimitives.ReadUInt32LittleEndian(source[28..]) != 0) return Decoded.TooNew;

        record = ReadUnchecked(source);
        // No writer wrote such an id, however right the checksum is; everybody after this may read it as text.
        if (!Utf8.IsValid(record.Id)) return Decoded.Damaged;
        return record.Kind switch
        {
            RecordKind.Event => Decoded.Ok,
            RecordKind.Deletion => record.Payload.Length == sizeof(long) ? Decoded.Ok : Decoded.Damaged,
            _ => Decoded.TooNew,
        };
    }

    /// <summary>Decodes a record whose bytes were just written or checked.</summary>
    internal static RecordView ReadUnchecked(ReadOnlySpan<byte> source)
    {
        var length = BinaryPrimitives.ReadInt32LittleEndian(source[4..]);
        var idLength = BinaryPrimitives.ReadUInt16LittleEndian(source[26..]);
        return new RecordView
        {
            Kind = (RecordKind)source[24],
            Position = BinaryPrimitives.ReadInt64LittleEndian(source[8..]),
            SequenceNumber = BinaryPrimitives.ReadInt64LittleEndian(source[16..]),
            Id = source.Slice(SegmentFormat.RecordHeaderSize, idLength),
            Payload = source[(SegmentFormat.RecordHeaderSize + idLength)..length],
            Size = (int)SegmentFormat.Align(length),
        };
    }
}
