using System.Buffers.Binary;

namespace RetainActors.Storage;

/// <summary>The first 80 bytes of a segment: who it is and whom it follows.</summary>
internal sealed record SegmentHeader(long Number, uint Generation, UInt128 Id, UInt128 PredecessorId, long FirstPosition)
{
    /// <summary>How many segments before this number compaction took into this one.</summary>
    internal uint Merged { get; init; }

    /// <summary>The first number it stands for.</summary>
    internal long FirstNumber => Number - Merged;

    internal Checksum Checksum { get; } = Checksum.For(Id, Generation);

    internal void Write(Span<byte> target)
    {
        target[..SegmentFormat.HeaderSize].Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(target, SegmentFormat.Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(target[8..], SegmentFormat.Version);
        BinaryPrimitives.WriteUInt16LittleEndian(target[10..], SegmentFormat.HeaderSize);
        BinaryPrimitives.WriteInt64LittleEndian(target[16..], Number);
        BinaryPrimitives.WriteUInt32LittleEndian(target[24..], Generation);
        BinaryPrimitives.WriteUInt32LittleEndian(target[28..], Merged);
        BinaryPrimitives.WriteUInt128LittleEndian(target[32..], Id);
        BinaryPrimitives.WriteUInt128LittleEndian(target[48..], PredecessorId);
        BinaryPrimitives.WriteInt64LittleEndian(target[64..], FirstPosition);
        BinaryPrimitives.WriteUInt32LittleEndian(target[76..], Checksum.Of(target[..76]));
    }

    internal static Decoded Read(ReadOnlySpan<byte> source, out SegmentHeader? header)
    {
        header = null;
        if (source.Length < SegmentFormat.HeaderSize) return Decoded.Damaged;
        if (BinaryPrimitives.ReadUInt64LittleEndian(source) != SegmentFormat.Magic) return Decoded.Damaged;
        // A newer version may have moved everything behind the version.
        if (BinaryPrimitives.ReadUInt16LittleEndian(source[8..]) > SegmentFormat.Version) return Decoded.TooNew;

        var read = new SegmentHeader(
            BinaryPrimitives.ReadInt64LittleEndian(source[16..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[24..]),
            BinaryPrimitives.ReadUInt128LittleEndian(source[32..]),
            BinaryPrimitives.ReadUInt128LittleEndian(source[48..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[64..]))
        {
            Merged = BinaryPrimitives.ReadUInt32LittleEndian(source[28..]),
        };
        if (BinaryPrimitives.ReadUInt32LittleEndian(source[76..]) != read.Checksum.Of(source[..76])) return Decoded.Damaged;
        if (BinaryPrimitives.ReadUInt32LittleEndian(source[12..]) != 0) return Decoded.TooNew;
        if (read.FirstNumber < 1 || (read.Merged > 0 && read.Generation == 0)) return Decoded.Damaged;

        header = read;
        return Decoded.Ok;
    }
}
