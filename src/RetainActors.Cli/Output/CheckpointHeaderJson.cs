using System.Buffers.Binary;
using System.Text.Json;

namespace RetainActors.Cli.Output;

/// <summary>The clear header of a checkpoint record, as the journal holds it; null members are not in it.</summary>
internal sealed record CheckpointHeaderJson(string? Bank, string? Source, string? Kind, long? Epoch, long Revision, string? Status)
{
    private const string IdPrefix = "ck~";
    private const byte EnvelopeVersion = 1;
    private const int EnvelopePrefix = sizeof(byte) + sizeof(int) + sizeof(long);
    private const byte FrameVersion = 1;
    private const int FramePrefix = 5;

    /// <summary>Null when the payload is none of a checkpoint that this version can read.</summary>
    public static CheckpointHeaderJson? TryRead(string id, long sequenceNumber, ReadOnlySpan<byte> payload)
    {
        if (!id.StartsWith(IdPrefix, StringComparison.Ordinal) || !TrySkipEnvelope(ref payload)) return null;
        if (payload.Length < FramePrefix || payload[0] != FrameVersion) return null;
        var length = BinaryPrimitives.ReadInt32LittleEndian(payload[1..]);
        if (length < 0 || length > payload.Length - FramePrefix) return null;
        try
        {
            var reader = new Utf8JsonReader(payload.Slice(FramePrefix, length));
            using var document = JsonDocument.ParseValue(ref reader);
            var header = document.RootElement;
            if (header.ValueKind != JsonValueKind.Object) return null;
            return new CheckpointHeaderJson(
                Text(header, "bank"), Text(header, "source"), Text(header, "kind"),
                header.TryGetProperty("epoch", out var epoch) && epoch.ValueKind == JsonValueKind.Number && epoch.TryGetInt64(out var number) ? number : null,
                sequenceNumber, Text(header, "status"));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement header, string name) =>
        header.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;

    /// <summary>The journal's envelope: version, serializer id, time, three texts, the tags; what follows is the record.</summary>
    private static bool TrySkipEnvelope(ref ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < EnvelopePrefix || bytes[0] != EnvelopeVersion) return false;
        bytes = bytes[EnvelopePrefix..];
        for (var text = 0; text < 3; text++)
            if (!TrySkipText(ref bytes)) return false;
        if (!TryReadNumber(ref bytes, out var tags) || tags > (ulong)bytes.Length) return false;
        for (ulong tag = 0; tag < tags; tag++)
            if (!TrySkipText(ref bytes)) return false;
        return true;
    }

    private static bool TrySkipText(ref ReadOnlySpan<byte> bytes)
    {
        // The number is the length + 1; 0 is no text.
        if (!TryReadNumber(ref bytes, out var number)) return false;
        if (number == 0) return true;
        if (number - 1 > (ulong)bytes.Length) return false;
        bytes = bytes[(int)(number - 1)..];
        return true;
    }

    private static bool TryReadNumber(ref ReadOnlySpan<byte> bytes, out ulong number)
    {
        number = 0;
        for (var i = 0; i < 5 && i < bytes.Length; i++)
        {
            number |= (ulong)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] >= 0x80) continue;
            bytes = bytes[(i + 1)..];
            return true;
        }

        return false;
    }
}
