using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace RetainActors.Persistence.Snapshots;

/// <summary>
/// The bytes of a snapshot file, little-endian:
/// <code>
///  0  8 bytes  magic "RTNSNAP" and a line feed
///  8  u32      version, 1
/// 12  u32      CRC32C of everything behind it
/// 16  i64      length of the file
/// 24  i64      sequence number
/// 32  i64      timestamp, UTC ticks
/// 40  i32      serializer id
/// 44  u32      length of the persistence id in bytes
/// 48  u32      length of the serializer manifest in bytes
/// 52  ...      persistence id, serializer manifest (both UTF-8), and the payload to the end
/// </code>
/// </summary>
internal static class SnapshotCodec
{
    public const int HeaderLength = 52;

    private const uint Version = 1;
    private const int ChecksumOffset = 12;
    private const int ChecksummedFrom = 16;

    // Strict: an id that is not well-formed text would share its file with others.
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static ReadOnlySpan<byte> Magic => "RTNSNAP\n"u8;

    /// <exception cref="EncoderFallbackException">A text holds a lone surrogate.</exception>
    public static byte[] IdBytes(string persistenceId) => Utf8.GetBytes(persistenceId);

    /// <exception cref="EncoderFallbackException">A text holds a lone surrogate.</exception>
    public static byte[] Encode(SnapshotRecord record)
    {
        var id = IdBytes(record.PersistenceId);
        var manifest = Utf8.GetBytes(record.SerializerManifest);
        var file = new byte[checked(HeaderLength + id.Length + manifest.Length + record.Payload.Length)];
        Magic.CopyTo(file);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(8), Version);
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(16), file.Length);
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(24), record.SequenceNr);
        BinaryPrimitives.WriteInt64LittleEndian(file.AsSpan(32), record.TimestampTicks);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(40), record.SerializerId);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(44), (uint)id.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(48), (uint)manifest.Length);
        id.CopyTo(file, HeaderLength);
        manifest.CopyTo(file, HeaderLength + id.Length);
        record.Payload.Span.CopyTo(file.AsSpan(HeaderLength + id.Length + manifest.Length));
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(ChecksumOffset), Crc32C(file.AsSpan(ChecksummedFrom)));
        return file;
    }

    /// <summary>Any bytes give a snapshot or a problem, never an exception. The payload is a slice of the bytes.</summary>
    public static SnapshotRecord? Decode(ReadOnlyMemory<byte> file, out string problem)
    {
        var span = file.Span;
        problem = Check(span);
        if (problem.Length > 0) return null;

        var idLength = BinaryPrimitives.ReadUInt32LittleEndian(span[44..]);
        var manifestLength = BinaryPrimitives.ReadUInt32LittleEndian(span[48..]);
        if ((ulong)idLength + manifestLength > (ulong)(span.Length - HeaderLength))
        {
            problem = "its lengths contradict each other";
            return null;
        }

        var payloadAt = HeaderLength + (int)(idLength + manifestLength);
        try
        {
            return new SnapshotRecord(
                Utf8.GetString(span.Slice(HeaderLength, (int)idLength)),
                BinaryPrimitives.ReadInt64LittleEndian(span[24..]),
                BinaryPrimitives.ReadInt64LittleEndian(span[32..]),
                BinaryPrimitives.ReadInt32LittleEndian(span[40..]),
                Utf8.GetString(span[(HeaderLength + (int)idLength)..payloadAt]),
                file[payloadAt..]);
        }
        catch (DecoderFallbackException)
        {
            problem = "its id or manifest is no text";
            return null;
        }
    }

    private static string Check(ReadOnlySpan<byte> file)
    {
        if (file.Length < HeaderLength) return $"it has {file.Length} bytes, fewer than a header";
        if (!file[..Magic.Length].SequenceEqual(Magic)) return "it does not begin like a snapshot";
        var version = BinaryPrimitives.ReadUInt32LittleEndian(file[8..]);
        if (version != Version) return $"it has version {version}, this program reads {Version}";
        var length = BinaryPrimitives.ReadInt64LittleEndian(file[16..]);
        if (length != file.Length) return $"it has {file.Length} bytes instead of {length}";
        return BinaryPrimitives.ReadUInt32LittleEndian(file[ChecksumOffset..]) == Crc32C(file[ChecksummedFrom..])
            ? ""
            : "its checksum is wrong";
    }

    private static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var value in bytes) crc = BitOperations.Crc32C(crc, value);
        return ~crc;
    }
}
