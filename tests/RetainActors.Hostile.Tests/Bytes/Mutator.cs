using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace RetainActors.Hostile.Tests.Bytes;

/// <summary>
/// Makes mutants of valid inputs: bits, bytes, numbers at the borders, pieces cut out, doubled, moved and taken from others, and values of JSON
/// put in the place of others. The seed decides everything. It does not see which code an input reaches.
/// </summary>
internal sealed class Mutator(Reader reader, int seed)
{
    private const int MaxSteps = 6;
    private const int MaxLength = 64 * 1024;

    private static readonly long[] Borders =
    [
        0, 1, -1, 7, 8, 40, 80, 127, 128, 255, 256, 4095, 4096, short.MaxValue, ushort.MaxValue, int.MaxValue, int.MinValue, int.MaxValue - 8, uint.MaxValue,
        long.MaxValue, long.MinValue, long.MaxValue - 1, long.MaxValue - 4096, 0x80000000L, 1L << 40, 0x7FFFFFF8,
    ];

    private static readonly byte[][] Words =
    [
        .. new[]
        {
            "null", "true", "-0", "0.0", "1e999", "-1e-999", "123456789012345678901234567890", "9223372036854775808", "2147483648", "\"\\ud800\"", "\"\\udc00x\"", "\"\\u0000\"",
            "{}", "[]", "[null]", "{\"\":0}", "{\"$type\":\"System.Object\"}", "{\"\\ud800\":1}", "NaN", "Infinity", "\"0001-01-01T00:00:00+14:00\"", "\"9999-12-31T23:59:59.9999999-14:00\"",
            "\"2026-02-30T25:61:61Z\"", "//", "\"\"", "\"running\"", "99", "\"set\":{},", "\"append\":{},", "\"remove\":[\"stepLog\"],", "\"schema_version\":1,", "\"retain_actors\":{},",
        }.Select(Encoding.UTF8.GetBytes),
        [0xFF, 0xFE], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
    ];

    private readonly Random _random = new(seed);

    public byte[] Next()
    {
        var bytes = (byte[])Any(reader.Seeds).Clone();
        for (var steps = 1 + _random.Next(MaxSteps); steps > 0; steps--) bytes = Step(bytes);
        if (bytes.Length > MaxLength) bytes = bytes[..MaxLength];
        if (_random.Next(2) == 0) reader.Repair?.Invoke(bytes);
        return bytes;
    }

    private byte[] Step(byte[] bytes) => _random.Next(10) switch
    {
        0 => Changed(bytes, at => bytes[at] ^= (byte)(1 << _random.Next(8))),
        1 => Changed(bytes, at => bytes[at] = (byte)_random.Next(256)),
        2 or 3 => WithNumber(bytes),
        4 => Replaced(bytes, Piece(bytes), []),
        5 => Replaced(bytes, At(bytes), bytes.AsSpan(Piece(bytes))),
        6 => Spliced(bytes),
        7 => Replaced(bytes, At(bytes), Any(Words)),
        8 => bytes[.._random.Next(bytes.Length + 1)],
        _ => WithValue(bytes),
    };

    private byte[] Changed(byte[] bytes, Action<int> change)
    {
        if (bytes.Length > 0) change(_random.Next(bytes.Length));
        return bytes;
    }

    /// <summary>A border, or near one, or near what was there, as a little-endian number of 2, 4 or 8 bytes, mostly aligned.</summary>
    private byte[] WithNumber(byte[] bytes)
    {
        var size = 2 << _random.Next(3);
        if (bytes.Length < size) return bytes;
        var at = _random.Next(bytes.Length - size + 1);
        if (_random.Next(4) > 0) at -= at % size;
        Span<byte> number = stackalloc byte[sizeof(long)];
        bytes.AsSpan(at, size).CopyTo(number);
        var old = BinaryPrimitives.ReadInt64LittleEndian(number);
        var value = _random.Next(3) == 0 ? old + _random.Next(-16, 17) : Any(Borders) + (_random.Next(2) * _random.Next(-8, 9));
        BinaryPrimitives.WriteInt64LittleEndian(number, value);
        number[..size].CopyTo(bytes.AsSpan(at));
        return bytes;
    }

    private byte[] Spliced(byte[] bytes)
    {
        var other = Any(reader.Seeds);
        return Replaced(bytes, Piece(bytes), other.AsSpan(Piece(other)));
    }

    /// <summary>A value or a name of the JSON in it becomes another one, goes, or comes twice.</summary>
    private byte[] WithValue(byte[] bytes)
    {
        var (tokens, other) = (Tokens(bytes), Any(reader.Seeds));
        var others = Tokens(other);
        if (tokens.Count == 0 || others.Count == 0) return Spliced(bytes);
        var place = Any(tokens);
        return _random.Next(3) switch
        {
            0 => Replaced(bytes, place, Any(Words)),
            1 => Replaced(bytes, place, other.AsSpan(Any(others))),
            _ => Replaced(bytes, place.End..place.End, [(byte)',', .. bytes.AsSpan(place)]),
        };
    }

    private static List<Range> Tokens(byte[] bytes)
    {
        List<Range> found = [];
        var start = Array.IndexOf(bytes, (byte)'{');
        if (start < 0) return found;
        var json = new Utf8JsonReader(bytes.AsSpan(start), new JsonReaderOptions { MaxDepth = 1000, AllowTrailingCommas = true });
        try
        {
            while (json.Read())
            {
                var from = start + (int)json.TokenStartIndex;
                var whole = json;
                whole.Skip();
                found.Add(from..(start + (int)whole.BytesConsumed));
            }
        }
        catch (JsonException)
        {
            // So far it is JSON.
        }

        return found;
    }

    private Range At(byte[] bytes)
    {
        var at = _random.Next(bytes.Length + 1);
        return at..at;
    }

    /// <summary>Short pieces mostly.</summary>
    private Range Piece(byte[] bytes)
    {
        var start = _random.Next(bytes.Length + 1);
        var longest = _random.Next(4) == 0 ? bytes.Length : 16;
        return start..Math.Min(bytes.Length, start + _random.Next(longest + 1));
    }

    private static byte[] Replaced(byte[] bytes, Range place, ReadOnlySpan<byte> with)
    {
        var (start, length) = place.GetOffsetAndLength(bytes.Length);
        return [.. bytes.AsSpan(0, start), .. with, .. bytes.AsSpan(start + length)];
    }

    private T Any<T>(IReadOnlyList<T> items) => items[_random.Next(items.Count)];
}
