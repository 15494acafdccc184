using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace RetainActors.Checkpoints;

/// <summary>The first 128 bits of a SHA-256: tells whether a repeated request carries the same content. In JSON base64.</summary>
[JsonConverter(typeof(Converter))]
internal readonly record struct ContentDigest(UInt128 Value)
{
    /// <summary>In bytes.</summary>
    public const int Size = 16;

    private const int TextSize = 24;

    public static ContentDigest Of(ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content, hash);
        return Read(hash[..Size]);
    }

    public static ContentDigest Of(string content) => Of(Encoding.UTF8.GetBytes(content));

    /// <summary>Reads what <see cref="WriteTo(Span{byte})"/> wrote.</summary>
    public static ContentDigest Read(ReadOnlySpan<byte> source) => new(BinaryPrimitives.ReadUInt128LittleEndian(source));

    public void WriteTo(Span<byte> target) => BinaryPrimitives.WriteUInt128LittleEndian(target, Value);

    public void WriteTo(Utf8JsonWriter writer)
    {
        Span<byte> bytes = stackalloc byte[Size];
        WriteTo(bytes);
        writer.WriteBase64StringValue(bytes);
    }

    internal sealed class Converter : JsonConverter<ContentDigest>
    {
        public override ContentDigest Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            Span<byte> value = stackalloc byte[Base64.GetMaxDecodedFromUtf8Length(TextSize)];
            if (reader.TokenType == JsonTokenType.String && !reader.HasValueSequence && !reader.ValueIsEscaped && reader.ValueSpan.Length == TextSize
                && Base64.DecodeFromUtf8(reader.ValueSpan, value, out _, out var written) == OperationStatus.Done && written == Size)
                return ContentDigest.Read(value[..Size]);
            return reader.TokenType == JsonTokenType.String && reader.TryGetBytesFromBase64(out var bytes) && bytes.Length == Size
                ? ContentDigest.Read(bytes)
                : throw new JsonException($"A digest of {Size} bytes in base64 was expected.");
        }

        public override void Write(Utf8JsonWriter writer, ContentDigest value, JsonSerializerOptions options) => value.WriteTo(writer);
    }
}
