using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace RetainActors.Json;

/// <summary>Bytes of a context and back. Equal contexts give equal bytes.</summary>
internal static class ContextJson
{
    /// <summary>
    /// The newest stored schema that this version reads and the one it writes. 1: every body whole. 2: bases that carry all
    /// that a key needs, and deltas.
    /// </summary>
    public const int SchemaVersion = 2;

    public static byte[] Encode(RetainContext context) =>
        JsonSerializer.SerializeToUtf8Bytes(ContextDocument.From(context), CheckpointJson.Stored.ContextDocument);

    /// <summary>Decodes; on bytes that are no context, the problem says what and where.</summary>
    public static RetainContext? Decode(ReadOnlySpan<byte> bytes, out string? problem) =>
        Read(bytes, CheckpointJson.Stored.ContextDocument, document => document.ToContext(), out problem);

    /// <summary>Reads stored JSON; on bytes that are none, the problem says what and where. It never throws.</summary>
    public static T? Read<TDocument, T>(ReadOnlySpan<byte> bytes, JsonTypeInfo<TDocument> type, Func<TDocument, T> convert, out string? problem)
        where TDocument : class
        where T : class
    {
        try
        {
            var document = JsonSerializer.Deserialize(bytes, type);
            problem = document is null ? "the body is the JSON value null" : null;
            return document is null ? null : convert(document);
        }
        // InvalidOperationException: System.Text.Json's answer to an escaped lone surrogate.
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException or FormatException)
        {
            problem = e is JsonException { Path: { } path } && !e.Message.Contains(path, StringComparison.Ordinal) ? $"{path}: {e.Message}" : e.Message;
            return null;
        }
    }
}
