using System.Text;

namespace RetainActors.Storage;

/// <summary>
/// The constants of format version 1; <c>docs/format.md</c> has the same byte by byte.
/// <para>
/// A log is a folder of segments <c>NNNNNNNNNNNNNNNNNNNN.G.segment</c> (number from 1, generation). A segment is an 80-byte
/// header followed by batches. A batch is a 40-byte header and, for kind Records, records one after the other. A record is a
/// 32-byte header, the id in UTF-8, the payload, and zeros up to a multiple of 8. All numbers are little-endian, everything
/// starts at a multiple of 8.
/// </para>
/// <para>
/// A batch is what one sync covers: it counts only if its header and all its records are valid, so an atomic unit inside it is
/// whole or absent. It states the watermark, the end offset in this segment that was known durable when it was written, which
/// tells rot from a torn write. A Watermark batch only proves what is before it. A full segment ends in an Index batch, which
/// says where the records of which ids are, and a Seal batch, whose watermark is where the index starts.
/// </para>
/// <para>
/// Every CRC32C starts with the segment's random id and its generation, so that bytes of another segment, or of a recycled
/// file, never validate.
/// </para>
/// </summary>
internal static class SegmentFormat
{
    internal const ushort Version = 1;

    /// <summary>A high bit, CR LF, the DOS end of file and LF show transfers that changed the bytes, as in PNG.</summary>
    internal const ulong Magic = 0x0A1A_0A0D_474C_5289;

    /// <summary>"RBAT".</summary>
    internal const uint BatchMagic = 0x5441_4252;

    internal const int HeaderSize = 80;
    internal const int BatchHeaderSize = 40;
    internal const int RecordHeaderSize = 32;
    internal const int Alignment = 8;
    internal const int MaxIdBytes = ushort.MaxValue;

    /// <summary>What comes before the entries of an index, and before the id of an entry.</summary>
    internal const int IndexHeaderSize = 8;
    internal const int IndexEntryHeaderSize = 20;
    internal const uint DeletionBit = 0x8000_0000;

    /// <summary>Offsets and sizes in an index count in units of 8 bytes in 32 bits; this keeps far below.</summary>
    internal const long MaxSegmentSize = 1L << 30;

    /// <summary>Ids are compared as text, so ill-formed text is refused instead of replaced.</summary>
    internal static UTF8Encoding StrictUtf8 { get; } = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    internal static int IndexEntrySize(int idLength, bool isDeletion) =>
        (int)Align(IndexEntryHeaderSize + idLength) + (isDeletion ? sizeof(long) : 0);

    internal static long Align(long length) => checked(length + (Alignment - 1)) & ~(long)(Alignment - 1);
}

/// <summary>What a batch holds; other values are a newer format.</summary>
internal enum BatchKind : byte
{
    Records = 1,
    Seal = 2,
    Watermark = 3,
    Index = 4,
}

/// <summary>What a record says; other values are a newer format.</summary>
internal enum RecordKind : byte
{
    /// <summary>The payload belongs to the sequence number.</summary>
    Event = 1,

    /// <summary>Everything up to the sequence number is deleted; the payload is the id's highest number ever, 8 bytes.</summary>
    Deletion = 2,
}

/// <summary>The result of decoding; decoders never throw for bad bytes.</summary>
internal enum Decoded
{
    Ok,
    Damaged,
    TooNew,
}
