using System.Text.Json;

namespace RetainActors.Json;

/// <summary>Bytes of a context and back. Equal contexts give equal bytes.</summary>
internal static class ContextJson
{
    /// <summary>The newest stored schema that this version reads and the one it writes.</summary>
    public const int SchemaVersion = 1;

    public static byte[] Encode(RetainContext context) =>
        JsonSerializer.SerializeToUtf8Bytes(ContextDocument.From(context), CheckpointJson.Stored.ContextDocument);

    /// <summary>Decodes; on bytes that are no context, the problem says what and where.</summary>
    public static RetainContext? Decode(ReadOnlySpan<byte> bytes, out string? problem)
    {
        try
        {
            var document = JsonSerializer.Deserialize(bytes, CheckpointJson.Stored.ContextDocument);
            problem = document is null ? "the body is the JSON value null" : null;
            return document?.ToContext();
        }
        // InvalidOperationException: System.Text.Json's answer to an escaped lone surrogate.
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            problem = e is JsonException { Path: { } path } && !e.Message.Contains(path, StringComparison.Ordinal) ? $"{path}: {e.Message}" : e.Message;
            return null;
        }
    }
}
