using Npgsql;

namespace RetainActors.Cluster.Postgres;

/// <summary>
/// Checks before a node serves that its database is the fence that the promises stand on: one row per revision of a key,
/// and nothing acknowledged that a crash could take. Sharding only makes two writers rare.
/// </summary>
internal static class JournalFence
{
    /// <summary>Entity ids have up to 200 characters; 255 is what SQL journals usually give them.</summary>
    private const int MinIdLength = 255;

    /// <summary>Checks on one connection; blocks, since nothing may start before.</summary>
    /// <exception cref="JournalFenceException">Names what is wrong, where, and what to do.</exception>
    public static void Check(JournalTables tables, bool createTables)
    {
        try
        {
            using var connection = new NpgsqlConnection(tables.ConnectionString);
            connection.Open();
            if (createTables) JournalSchema.Create(connection, tables);
            RequireDurable(connection, Where(connection));
            RequireBoundedTransactions(connection, Where(connection));
            RequireColumns(connection, tables, Where(connection));
            RequireUniqueKey(connection, tables, Where(connection));
        }
        catch (NpgsqlException e)
        {
            throw new JournalFenceException(
                JournalFenceProblem.Unreachable, $"The database of the journal cannot be used: {e.Message} Start it, or correct the connection string.", e);
        }
    }

    private static void RequireDurable(NpgsqlConnection connection, string where)
    {
        // As this connection sees them: they may be set for the server, the database, the user or in the connection string.
        foreach (var setting in (string[])["fsync", "full_page_writes", "synchronous_commit"])
        {
            if (Query(connection, $"SHOW {setting}").Single()[0] is "off")
                throw new JournalFenceException(
                    JournalFenceProblem.NotDurable,
                    $"{where} has {setting} off: saves that were acknowledged could be gone after a crash. Set it on, for the server, the database and the user.");
        }
    }

    private static void RequireBoundedTransactions(NpgsqlConnection connection, string where)
    {
        if (Query(connection, $"SHOW {SessionOptions.Setting}").Single()[0] is "0")
            throw new JournalFenceException(
                JournalFenceProblem.UnboundedTransactions,
                $"{where} has {SessionOptions.Setting} off: a node that is paused in the middle of a write would hold its keys for as long. "
                + $"Set retain.cluster.connection-string, which sets it, or add Options=-c {SessionOptions.Setting}=10s to the connection string of the plugin.");
    }

    private static void RequireColumns(NpgsqlConnection connection, JournalTables tables, string where)
    {
        var name = tables.Quoted(tables.Journal);
        var kind = Query(connection, "SELECT relkind::text, relpersistence::text FROM pg_class WHERE oid = to_regclass(@name)", ("name", name));
        if (kind is [] || kind[0][0] is not ("r" or "p"))
            throw Unexpected($"has no table {name}. Create it, or set retain.cluster.create-tables = on");
        if (kind[0][1] is not "p")
            throw Unexpected($"has {name} as a table that is not logged: a crash would empty it. ALTER TABLE {name} SET LOGGED");

        var columns = Query(
            connection,
            """
            SELECT a.attname::text, format_type(a.atttypid, NULL), coalesce(information_schema._pg_char_max_length(a.atttypid, a.atttypmod), 0)::text
            FROM pg_attribute a WHERE a.attrelid = to_regclass(@name) AND a.attnum > 0 AND NOT a.attisdropped
            """,
            ("name", name)).ToDictionary(row => row[0], row => (Type: row[1], Length: int.Parse(row[2], System.Globalization.CultureInfo.InvariantCulture)));
        foreach (var (column, types) in tables.Columns.Expected())
        {
            if (!columns.TryGetValue(column, out var found)) throw Unexpected($"has no column {column} in {name}. Migrate the table, or correct the plugin's table-mapping");
            if (!types.Contains(found.Type)) throw Unexpected($"has the column {column} of {name} as {found.Type} and not as {types[0]}. Migrate the table");
        }

        if (columns[tables.Columns.PersistenceId].Length is > 0 and < MinIdLength)
            throw Unexpected($"has the column {tables.Columns.PersistenceId} of {name} shorter than {MinIdLength} characters. Widen it");

        JournalFenceException Unexpected(string what) => new(JournalFenceProblem.UnexpectedSchema, $"{where} {what}.");
    }

    private static void RequireUniqueKey(NpgsqlConnection connection, JournalTables tables, string where)
    {
        var (name, id, number) = (tables.Quoted(tables.Journal), tables.Columns.PersistenceId, tables.Columns.SequenceNumber);
        // Whole (no WHERE), over the columns themselves, built to the end, and checked by each statement.
        var keys = Query(
            connection,
            """
            SELECT i.indexrelid::regclass::text FROM pg_index i
            WHERE i.indrelid = to_regclass(@name) AND i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL AND i.indexprs IS NULL
              AND (SELECT array_agg(a.attname::text ORDER BY a.attname::text COLLATE "C") FROM pg_attribute a
                   WHERE a.attrelid = i.indrelid AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1])) = @columns
            """,
            ("name", name), ("columns", new[] { id, number }.Order(StringComparer.Ordinal).ToArray()));
        if (keys is [])
            throw new JournalFenceException(
                JournalFenceProblem.NoUniqueKey,
                $"{where} has no unique key over ({id}, {number}) of {name}: two nodes could both be told that they saved one revision. "
                + $"ALTER TABLE {name} ADD UNIQUE ({JournalTables.Quote(id)}, {JournalTables.Quote(number)})");
    }

    private static string Where(NpgsqlConnection connection) => $"The database {connection.Database} on {connection.Host}:{connection.Port}";

    private static List<string[]> Query(NpgsqlConnection connection, string sql, params (string Name, object Value)[] parameters)
    {
        using var command = new NpgsqlCommand(sql, connection);
        foreach (var (name, value) in parameters) command.Parameters.AddWithValue(name, value);
        using var reader = command.ExecuteReader();
        var rows = new List<string[]>();
        while (reader.Read()) rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetString)]);
        return rows;
    }
}
