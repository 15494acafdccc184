using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using RetainActors.Checkpoints;

namespace RetainActors.Json;

/// <summary>Bytes of a context and back. Equal contexts give equal bytes.</summary>
internal static class ContextJson
{
    /// <summary>
    /// The newest stored schema that this version reads and the one it writes. 1: every body whole. 2: bases that carry all
    /// that a key needs, and deltas. 3: the header in bytes.
    /// </summary>
    public const int SchemaVersion = 3;

    private static readonly JsonEncodedText Bank = JsonEncodedText.Encode("bank");
    private static readonly JsonEncodedText Source = JsonEncodedText.Encode("source");

    public static byte[] Encode(RetainContext context)
    {
        using var scratch = JsonScratch.Rent();
        Write(scratch.Writer, context);
        return scratch.Written.ToArray();
    }

    /// <summary>Writes a context, as a <see cref="ContextDocument"/> is read back.</summary>
    public static void Write(Utf8JsonWriter writer, RetainContext context)
    {
        writer.WriteStartObject();
        writer.WriteString(Bank, context.Key.Bank);
        writer.WriteString(Source, context.Key.Source);
        foreach (var member in ContextMember.All)
            if (!member.IsLeftOut(context)) member.Write(writer, context);
        context.UnknownMembers.WriteMembers(writer);
        writer.WriteEndObject();
    }

    /// <summary>Decodes; on bytes that are no context, the problem says what and where.</summary>
    public static RetainContext? Decode(ReadOnlySpan<byte> bytes, out string? problem) =>
        Read(bytes, CheckpointJson.Stored.ContextDocument, document => document.ToContext(), out problem);

    /// <summary>Reads stored JSON; on bytes that are none, the problem says what and where. It never throws.</summary>
    public static T? Read<TDocument, T>(ReadOnlySpan<byte> bytes, JsonTypeInfo<TDocument> type, Func<TDocument, T> convert, out string? problem)
        where TDocument : class
        where T : class =>
        Read(bytes, (type, convert), static (bytes, how) => how.convert(
            JsonSerializer.Deserialize(bytes, how.type) ?? throw new JsonException("the body is the JSON value null")), out problem);

    /// <summary>The context with a stored change; on bytes that are none, the problem says what and where. It never throws.</summary>
    public static RetainContext? Changed(RetainContext before, ReadOnlySpan<byte> delta, out string? problem) => Read(
        delta, before, static (bytes, before) => StoredDelta.Find(bytes, CheckpointJson.Stored.Options.MaxDepth).ApplyTo(before), out problem);

    private static T? Read<TArgument, T>(ReadOnlySpan<byte> bytes, TArgument argument, Reading<TArgument, T> read, out string? problem) where T : class
    {
        problem = null;
        try
        {
            RequireText(bytes);
            return read(bytes, argument);
        }
        // InvalidOperationException: System.Text.Json's answer to an escaped lone surrogate.
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException or FormatException)
        {
            problem = e is JsonException { Path: { } path } && !e.Message.Contains(path, StringComparison.Ordinal) ? $"{path}: {e.Message}" : e.Message;
            return null;
        }
    }

    /// <summary>Values that stay raw are looked at by nobody else; what is no text in them could not be written again.</summary>
    private static void RequireText(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json)) throw new JsonException("the bytes are no UTF-8");
        if (json.IndexOf("\\ud"u8) < 0 && json.IndexOf("\\uD"u8) < 0) return;
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = CheckpointJson.Stored.Options.MaxDepth });
        while (reader.Read())
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
                _ = reader.GetString();
    }

    private delegate T Reading<in TArgument, out T>(ReadOnlySpan<byte> bytes, TArgument argument);
}
