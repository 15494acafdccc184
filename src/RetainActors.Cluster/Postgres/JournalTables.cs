using Akka.Configuration;

namespace RetainActors.Cluster.Postgres;

/// <summary>The database and the names under which the SQL journal plugin stores events, as its own configuration has them.</summary>
internal sealed record JournalTables(string ConnectionString, string? Schema, string Journal, string Tags, JournalColumns Columns)
{
    private const string PluginClass = "Akka.Persistence.Sql.Journal.SqlWriteJournal";

    /// <summary>Reads the plugin's configuration.</summary>
    /// <exception cref="JournalFenceException">It is no SQL journal on PostgreSQL.</exception>
    public static JournalTables From(Config root, string journalPluginId)
    {
        var id = journalPluginId.Length > 0 ? journalPluginId : root.GetString("akka.persistence.journal.plugin") ?? "";
        var plugin = id.Length > 0 ? root.GetConfig(id) : null;
        if (plugin?.GetString("class")?.StartsWith(PluginClass, StringComparison.Ordinal) != true)
            throw Unsuitable($"the journal '{id}' is not that of Akka.Persistence.Sql; set akka.persistence.journal.plugin to \"akka.persistence.journal.sql\"");
        if (plugin.GetString("provider-name")?.StartsWith("PostgreSQL", StringComparison.Ordinal) != true)
            throw Unsuitable($"{id}.provider-name is '{plugin.GetString("provider-name")}'; set it to PostgreSQL.15 or another version of PostgreSQL");
        if (plugin.GetString("connection-string") is not { Length: > 0 } connectionString)
            throw Unsuitable($"{id}.connection-string is empty; set it");
        if (plugin.GetString("replay-filter.mode") is not ("off" or "false"))
            throw Unsuitable(
                $"{id}.replay-filter.mode is not off: the filter takes a key that moved to another node and back for two writers, and drops "
                + "acknowledged events or refuses to recover. Set it off; the unique key does what it is for");
        var names = plugin.GetConfig(plugin.GetString("table-mapping") ?? "")
            ?? throw Unsuitable($"{id}.table-mapping names '{plugin.GetString("table-mapping")}', which is not there");
        return new JournalTables(
            connectionString,
            names.GetString("schema-name") is { Length: > 0 } schema ? schema : null,
            names.GetString("journal.table-name"),
            names.GetString("tag.table-name", "tags"),
            JournalColumns.From(names.GetConfig("journal")));
    }

    /// <summary>The quoted name of a table, with its schema when one is set.</summary>
    public string Quoted(string table) => Schema is null ? Quote(table) : $"{Quote(Schema)}.{Quote(table)}";

    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static JournalFenceException Unsuitable(string what) =>
        new(JournalFenceProblem.UnsuitableJournal, $"A cluster stores checkpoints in PostgreSQL, but {what}.");
}

/// <summary>The column names of the journal table.</summary>
internal sealed record JournalColumns(
    string Ordering, string Created, string Deleted, string PersistenceId, string SequenceNumber, string Message, string Manifest, string Identifier,
    string? WriterUuid)
{
    public static JournalColumns From(Config journal)
    {
        var columns = journal.GetConfig("columns");
        return new JournalColumns(
            columns.GetString("ordering"), columns.GetString("created"), columns.GetString("deleted"), columns.GetString("persistence-id"),
            columns.GetString("sequence-number"), columns.GetString("message"), columns.GetString("manifest"), columns.GetString("identifier"),
            journal.GetBoolean("use-writer-uuid-column") ? columns.GetString("writer-uuid") : null);
    }

    /// <summary>Each column with the types that it may have.</summary>
    public IEnumerable<(string Name, string[] Types)> Expected()
    {
        yield return (Ordering, ["bigint"]);
        yield return (Created, ["bigint"]);
        yield return (Deleted, ["boolean"]);
        yield return (PersistenceId, ["text", "character varying"]);
        yield return (SequenceNumber, ["bigint"]);
        yield return (Message, ["bytea"]);
        yield return (Manifest, ["text", "character varying"]);
        yield return (Identifier, ["integer"]);
        if (WriterUuid is not null) yield return (WriterUuid, ["text", "character varying"]);
    }
}
