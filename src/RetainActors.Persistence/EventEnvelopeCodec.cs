using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;

namespace RetainActors.Persistence;

/// <summary>
/// The bytes of an <see cref="EventEnvelope"/>, little-endian:
/// <code>
/// u8   version, 1
/// i32  serializer id
/// i64  timestamp, UTC ticks
/// text serializer manifest, never null
/// text event manifest
/// text writer guid
/// n    number of tags, then that many texts, never null
/// ...  payload, all the rest
/// </code>
/// A text is n = UTF-8 length + 1 and the bytes; n = 0 is null, which is not the empty text. n is an unsigned LEB128 number
/// of at most five bytes.
/// </summary>
internal static class EventEnvelopeCodec
{
    private const byte Version = 1;
    private const int FixedLength = sizeof(byte) + sizeof(int) + sizeof(long);

    // Strict: a text that is not well-formed Unicode would come back as another one.
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>All but the payload, which follows it.</summary>
    /// <exception cref="EncoderFallbackException">A text holds a lone surrogate.</exception>
    public static byte[] EncodeHead(EventEnvelope envelope)
    {
        var length = FixedLength + TextLength(envelope.SerializerManifest) + TextLength(envelope.EventManifest)
            + TextLength(envelope.WriterGuid) + NumberLength((uint)envelope.Tags.Length) + envelope.Tags.Sum(TextLength);
        var bytes = new byte[length];
        bytes[0] = Version;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(1), envelope.SerializerId);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(5), envelope.TimestampTicks);

        var rest = WriteText(bytes.AsSpan(FixedLength), envelope.SerializerManifest);
        rest = WriteText(rest, envelope.EventManifest);
        rest = WriteText(rest, envelope.WriterGuid);
        rest = WriteNumber(rest, (uint)envelope.Tags.Length);
        foreach (var tag in envelope.Tags) rest = WriteText(rest, tag);
        return bytes;
    }

    /// <summary>
    /// Any bytes give an envelope or a problem, never an exception. The payload is a slice of <paramref name="bytes"/>.
    /// </summary>
    public static EventEnvelope? Decode(ReadOnlyMemory<byte> bytes, out string problem)
    {
        problem = "";
        var span = bytes.Span;
        if (span.Length < FixedLength) return Fail("it is shorter than an envelope", out problem);
        if (span[0] != Version) return Fail($"its envelope has version {span[0]}, this program reads {Version}", out problem);

        var rest = span[FixedLength..];
        if (!TryReadText(ref rest, out var serializerManifest) || serializerManifest is null)
            return Fail("the serializer manifest is malformed", out problem);
        if (!TryReadText(ref rest, out var eventManifest)) return Fail("the event manifest is malformed", out problem);
        if (!TryReadText(ref rest, out var writerGuid)) return Fail("the writer guid is malformed", out problem);
        if (!TryReadTags(ref rest, out var tags)) return Fail("the tags are malformed", out problem);

        return new EventEnvelope(
            BinaryPrimitives.ReadInt32LittleEndian(span[1..]), serializerManifest, eventManifest, writerGuid,
            BinaryPrimitives.ReadInt64LittleEndian(span[5..]), tags, bytes[^rest.Length..]);
    }

    private static EventEnvelope? Fail(string text, out string problem)
    {
        problem = text;
        return null;
    }

    private static int TextLength(string? text)
    {
        if (text is null) return 1;
        var bytes = Utf8.GetByteCount(text);
        return NumberLength((uint)bytes + 1) + bytes;
    }

    private static int NumberLength(uint number)
    {
        var length = 1;
        while ((number >>= 7) != 0) length++;
        return length;
    }

    private static Span<byte> WriteNumber(Span<byte> target, uint number)
    {
        var i = 0;
        for (; number >= 0x80; number >>= 7) target[i++] = (byte)(number | 0x80);
        target[i++] = (byte)number;
        return target[i..];
    }

    private static Span<byte> WriteText(Span<byte> target, string? text)
    {
        if (text is null) return WriteNumber(target, 0);
        target = WriteNumber(target, (uint)Utf8.GetByteCount(text) + 1);
        return target[Utf8.GetBytes(text, target)..];
    }

    private static bool TryReadNumber(ref ReadOnlySpan<byte> source, out uint number)
    {
        ulong value = 0;
        number = 0;
        for (var i = 0; i < 5 && i < source.Length; i++)
        {
            value |= (ulong)(source[i] & 0x7F) << (7 * i);
            if (source[i] >= 0x80) continue;
            if (value > uint.MaxValue) return false;
            number = (uint)value;
            source = source[(i + 1)..];
            return true;
        }
        return false;
    }

    private static bool TryReadText(ref ReadOnlySpan<byte> source, out string? text)
    {
        text = null;
        if (!TryReadNumber(ref source, out var number)) return false;
        if (number == 0) return true;
        if (number - 1 > (uint)source.Length) return false;
        try
        {
            text = Utf8.GetString(source[..(int)(number - 1)]);
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
        source = source[(int)(number - 1)..];
        return true;
    }

    private static bool TryReadTags(ref ReadOnlySpan<byte> source, out ImmutableArray<string> tags)
    {
        tags = [];
        // A tag takes at least one byte: the count is checked before room is made for it.
        if (!TryReadNumber(ref source, out var count) || count > (uint)source.Length) return false;
        var builder = ImmutableArray.CreateBuilder<string>((int)count);
        for (var i = 0; i < count; i++)
        {
            if (!TryReadText(ref source, out var tag) || tag is null) return false;
            builder.Add(tag);
        }
        tags = builder.MoveToImmutable();
        return true;
    }
}
