using System.Buffers.Binary;
using System.Text;
using RetainActors.Json;

namespace RetainActors.Checkpoints;

/// <summary>
/// The header of a record in bytes. Little-endian; a number is LEB128, a text is its length in UTF-8 bytes as a number and then the
/// bytes. In order: schema version (number); kind; encoding; which of the optional members are there, two bytes; epoch (number);
/// microseconds since 1970 (8 bytes) and offset in minutes (2 bytes) of the time of the save; bank; source; then the optional members that are
/// there, in the order of <see cref="Members"/>. What follows belongs to a newer version.
/// </summary>
internal static class RecordHeaderCodec
{
    private const int GuidSize = 16;
    private const int MaxNumberLength = 10;
    private const int MaxFixedLength = 160;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Bits of the members that need not be there. A contract: they are added to.</summary>
    [Flags]
    private enum Members : ushort
    {
        None = 0,
        SaveId = 1,
        Digest = 1 << 1,
        Existed = 1 << 2,
        DidNotExist = 1 << 3,
        RewoundTo = 1 << 4,
        CopiedFrom = 1 << 5,
        Status = 1 << 6,
        CompletedState = 1 << 7,
        NextState = 1 << 8,
        Fork = 1 << 9,
        Visit = 1 << 10,
        Branch = 1 << 11,
        All = (1 << 12) - 1,
    }

    /// <summary>No header takes more bytes.</summary>
    public static int MaxLength(RecordHeader header) => MaxFixedLength
        + MaxLength(header.Bank) + MaxLength(header.Source) + MaxLength(header.CopiedFrom?.Bank) + MaxLength(header.CopiedFrom?.Source)
        + MaxLength(header.CompletedState) + MaxLength(header.NextState) + MaxLength(header.Fork) + MaxLength(header.Branch);

    /// <summary>Writes the header and returns its length.</summary>
    public static int Write(RecordHeader header, Span<byte> target)
    {
        var rest = target;
        WriteNumber(ref rest, header.SchemaVersion);
        WriteByte(ref rest, (byte)header.Kind);
        WriteByte(ref rest, (byte)header.Encoding);
        BinaryPrimitives.WriteUInt16LittleEndian(Take(ref rest, sizeof(ushort)), (ushort)MembersOf(header));
        WriteNumber(ref rest, header.Epoch);
        WriteTime(ref rest, header.SavedAt.Instant);
        WriteText(ref rest, header.Bank);
        WriteText(ref rest, header.Source);
        if (header.SaveId is { } saveId) saveId.TryWriteBytes(Take(ref rest, GuidSize));
        if (header.Digest is { } digest) digest.WriteTo(Take(ref rest, ContentDigest.Size));
        if (header.RewoundTo is { } rewoundTo) WriteNumber(ref rest, rewoundTo);
        if (header.CopiedFrom is { } origin)
        {
            WriteText(ref rest, origin.Bank);
            WriteText(ref rest, origin.Source);
            WriteNumber(ref rest, origin.Revision);
        }

        if (header.Status is { } status) WriteByte(ref rest, (byte)status);
        if (header.CompletedState is { } completed) WriteText(ref rest, completed);
        if (header.NextState is { } next) WriteText(ref rest, next);
        if (header.Fork is { } fork) WriteText(ref rest, fork);
        if (header.Visit is { } visit) WriteNumber(ref rest, visit);
        if (header.Branch is { } branch) WriteText(ref rest, branch);
        return target.Length - rest.Length;
    }

    /// <summary>The schema version of a header, which stays where it is whatever a newer version changes.</summary>
    /// <exception cref="FormatException">The bytes are no header.</exception>
    public static int SchemaVersionOf(ReadOnlySpan<byte> header) => ReadInt32(ref header);

    /// <summary>Reads a header.</summary>
    /// <exception cref="FormatException">The bytes are no header, or one that a newer version wrote.</exception>
    public static RecordHeader Read(ReadOnlySpan<byte> source)
    {
        var schemaVersion = ReadInt32(ref source);
        if (schemaVersion > ContextJson.SchemaVersion) throw new FormatException($"its schema version {schemaVersion} is newer than {ContextJson.SchemaVersion}");
        var kind = (RecordKind)ReadChoice(ref source, (byte)RecordKind.Delete, "kind");
        var encoding = (BodyEncoding)ReadChoice(ref source, (byte)BodyEncoding.Delta, "encoding");
        var members = (Members)BinaryPrimitives.ReadUInt16LittleEndian(Take(ref source, sizeof(ushort)));
        if ((members & ~Members.All) != 0) throw new FormatException($"its members {(ushort)members:x4} are not all known");
        var header = new RecordHeader
        {
            SchemaVersion = schemaVersion,
            Kind = kind,
            Encoding = encoding,
            Epoch = ReadNumber(ref source),
            SavedAt = ReadTime(ref source),
            Bank = ReadText(ref source),
            Source = ReadText(ref source),
            SaveId = Has(Members.SaveId) ? new Guid(Take(ref source, GuidSize)) : null,
            Digest = Has(Members.Digest) ? ContentDigest.Read(Take(ref source, ContentDigest.Size)) : null,
            Existed = Has(Members.Existed) ? true : Has(Members.DidNotExist) ? false : null,
            RewoundTo = Has(Members.RewoundTo) ? ReadNumber(ref source) : null,
            CopiedFrom = Has(Members.CopiedFrom) ? new CopyOrigin(ReadText(ref source), ReadText(ref source), ReadNumber(ref source)) : null,
            Status = Has(Members.Status) ? (CheckpointStatus)ReadChoice(ref source, (byte)CheckpointStatus.Parked, "status") : null,
            CompletedState = Has(Members.CompletedState) ? ReadText(ref source) : null,
            NextState = Has(Members.NextState) ? ReadText(ref source) : null,
            Fork = Has(Members.Fork) ? ReadText(ref source) : null,
            Visit = Has(Members.Visit) ? ReadInt32(ref source) : null,
            Branch = Has(Members.Branch) ? ReadText(ref source) : null,
        };
        return source.IsEmpty ? header : throw new FormatException($"{source.Length} bytes follow it");

        bool Has(Members member) => (members & member) != 0;
    }

    private static Members MembersOf(RecordHeader header) =>
        Bit(header.SaveId is not null, Members.SaveId) | Bit(header.Digest is not null, Members.Digest)
        | Bit(header.Existed is true, Members.Existed) | Bit(header.Existed is false, Members.DidNotExist)
        | Bit(header.RewoundTo is not null, Members.RewoundTo) | Bit(header.CopiedFrom is not null, Members.CopiedFrom)
        | Bit(header.Status is not null, Members.Status) | Bit(header.CompletedState is not null, Members.CompletedState)
        | Bit(header.NextState is not null, Members.NextState) | Bit(header.Fork is not null, Members.Fork)
        | Bit(header.Visit is not null, Members.Visit) | Bit(header.Branch is not null, Members.Branch);

    private static Members Bit(bool isThere, Members member) => isThere ? member : Members.None;

    private static int MaxLength(string? text) => text is null ? 0 : MaxNumberLength + Encoding.UTF8.GetMaxByteCount(text.Length);

    private static Span<byte> Take(ref Span<byte> rest, int length)
    {
        var taken = rest[..length];
        rest = rest[length..];
        return taken;
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> rest, int length)
    {
        if (length > rest.Length) throw new FormatException($"it ends {length - rest.Length} bytes too early");
        var taken = rest[..length];
        rest = rest[length..];
        return taken;
    }

    private static void WriteByte(ref Span<byte> rest, byte value) => Take(ref rest, 1)[0] = value;

    private static void WriteNumber(ref Span<byte> rest, long number)
    {
        var left = (ulong)number;
        for (; left >= 0x80; left >>= 7) WriteByte(ref rest, (byte)(left | 0x80));
        WriteByte(ref rest, (byte)left);
    }

    private static void WriteTime(ref Span<byte> rest, DateTimeOffset time)
    {
        BinaryPrimitives.WriteInt64LittleEndian(Take(ref rest, sizeof(long)), (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond);
        BinaryPrimitives.WriteInt16LittleEndian(Take(ref rest, sizeof(short)), (short)time.TotalOffsetMinutes);
    }

    private static void WriteText(ref Span<byte> rest, string text)
    {
        WriteNumber(ref rest, Encoding.UTF8.GetByteCount(text));
        rest = rest[Encoding.UTF8.GetBytes(text, rest)..];
    }

    private static long ReadNumber(ref ReadOnlySpan<byte> rest)
    {
        ulong number = 0;
        for (var shift = 0; shift < 63; shift += 7)
        {
            var value = Take(ref rest, 1)[0];
            number |= (ulong)(value & 0x7f) << shift;
            if (value < 0x80) return (long)number;
        }

        throw new FormatException("a number in it has too many digits");
    }

    private static int ReadInt32(ref ReadOnlySpan<byte> rest)
    {
        var number = ReadNumber(ref rest);
        return number <= int.MaxValue ? (int)number : throw new FormatException($"it holds the number {number}, which is too large");
    }

    private static byte ReadChoice(ref ReadOnlySpan<byte> rest, byte last, string name)
    {
        var choice = Take(ref rest, 1)[0];
        return choice <= last ? choice : throw new FormatException($"its {name} {choice} is not known");
    }

    private static Timestamp ReadTime(ref ReadOnlySpan<byte> rest)
    {
        var microseconds = BinaryPrimitives.ReadInt64LittleEndian(Take(ref rest, sizeof(long)));
        var offset = BinaryPrimitives.ReadInt16LittleEndian(Take(ref rest, sizeof(short)));
        try
        {
            return Timestamp.From(DateTimeOffset.UnixEpoch.AddMicroseconds(microseconds).ToOffset(TimeSpan.FromMinutes(offset)));
        }
        catch (ArgumentOutOfRangeException)
        {
            throw new FormatException($"the time {microseconds} with offset {offset} is none");
        }
    }

    private static string ReadText(ref ReadOnlySpan<byte> rest)
    {
        var length = ReadInt32(ref rest);
        try
        {
            return Utf8.GetString(Take(ref rest, length));
        }
        catch (DecoderFallbackException)
        {
            throw new FormatException("a text in it is not UTF-8");
        }
    }
}
