using System.Buffers.Binary;

namespace RetainActors.Storage;

/// <summary>The 40 bytes before the records of one sync.</summary>
/// <param name="Kind">What follows.</param>
/// <param name="PayloadLength">Bytes after the header.</param>
/// <param name="RecordCount">Records in them.</param>
/// <param name="Watermark">End offset in this segment that was known durable when this was written.</param>
/// <param name="FirstPosition">Position of the first record; without records, of the next one to come.</param>
internal readonly record struct BatchHeader(
    BatchKind Kind, int PayloadLength, int RecordCount, long Watermark, long FirstPosition)
{
    internal void Write(Span<byte> target, Checksum checksum)
    {
        target[..SegmentFormat.BatchHeaderSize].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(target, SegmentFormat.BatchMagic);
        target[4] = (byte)Kind;
        BinaryPrimitives.WriteInt32LittleEndian(target[8..], PayloadLength);
        BinaryPrimitives.WriteInt32LittleEndian(target[12..], RecordCount);
        BinaryPrimitives.WriteInt64LittleEndian(target[16..], Watermark);
        BinaryPrimitives.WriteInt64LittleEndian(target[24..], FirstPosition);
        BinaryPrimitives.WriteUInt32LittleEndian(target[36..], checksum.Of(target[..36]));
    }

    internal static Decoded Read(ReadOnlySpan<byte> source, Checksum checksum, out BatchHeader header)
    {
        header = default;
        if (source.Length < SegmentFormat.BatchHeaderSize) return Decoded.Damaged;
        if (BinaryPrimitives.ReadUInt32LittleEndian(source) != SegmentFormat.BatchMagic) return Decoded.Damaged;
        if (BinaryPrimitives.ReadUInt32LittleEndian(source[36..]) != checksum.Of(source[..36])) return Decoded.Damaged;

        header = new BatchHeader(
            (BatchKind)source[4],
            BinaryPrimitives.ReadInt32LittleEndian(source[8..]),
            BinaryPrimitives.ReadInt32LittleEndian(source[12..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[24..]));
        // The checksum holds, so what is unknown here was written on purpose.
        var reserved = source[5] | source[6] | source[7] | BinaryPrimitives.ReadInt32LittleEndian(source[32..]);
        return header.Kind is < BatchKind.Records or > BatchKind.Index || reserved != 0 ? Decoded.TooNew : Decoded.Ok;
    }
}
