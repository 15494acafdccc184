using System.Text.Json;

namespace RetainActors.Cli.MarkdownPipeline;

/// <summary>The bytes of a source's file and back.</summary>
internal static class SourceFile
{
    public static string NameOf(string source) => SafeFileName.Of(source) + ".json";

    public static byte[] Encode(SourceRecord record) => [.. JsonSerializer.SerializeToUtf8Bytes(record, BankJson.Files.SourceRecord), (byte)'\n'];

    /// <summary>Reads a file that this tool wrote; anything else is named, with the file and what is wrong.</summary>
    /// <exception cref="BankException">The bytes are no source record, or of a newer version.</exception>
    public static SourceRecord Decode(string path, byte[] bytes)
    {
        SourceRecord? record;
        try
        {
            record = JsonSerializer.Deserialize(bytes, BankJson.Files.SourceRecord);
        }
        // InvalidOperationException: System.Text.Json's answer to an escaped lone surrogate.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw BankException.Damaged(path, e.Message);
        }

        if (record is null) throw BankException.Damaged(path, "it holds the JSON value null");
        if (record.SchemaVersion > SourceRecord.NewestSchemaVersion) throw BankException.TooNew(path, record.SchemaVersion);
        if (!path.EndsWith('/' + NameOf(record.Source), StringComparison.Ordinal))
            throw BankException.Damaged(path, $"it says that it belongs to the source '{record.Source}', whose file is {NameOf(record.Source)}");
        return FirstMissing(record) is { } missing ? throw BankException.Damaged(path, $"{missing} is null") : record;
    }

    /// <summary>The serializer checks members, not the items of lists.</summary>
    private static string? FirstMissing(SourceRecord record)
    {
        IEnumerable<Entity?> entities = [.. record.Published?.Entities ?? [], .. record.Draft?.Entities ?? []];
        IEnumerable<Fact?> facts = [.. record.Published?.Facts ?? [], .. record.Draft?.Facts ?? []];
        IEnumerable<LinkMention?> links = [.. record.Published?.Links ?? [], .. record.Draft?.Links ?? []];
        return facts.Any(fact => fact is null || fact.Entities.Contains(null!)) ? "an item of 'facts'"
            : entities.Any(entity => entity is null || entity.Mentions.Contains(null!)) ? "an item of 'entities'"
            : links.Contains(null) ? "an item of 'links'"
            : null;
    }
}
