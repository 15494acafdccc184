using Npgsql;

namespace RetainActors.Cluster.Postgres;

/// <summary>Makes the tables that the SQL journal and snapshot plugins expect, when they are absent.</summary>
internal static class JournalSchema
{
    /// <summary>Any number, the same on every node: nodes that start at once take turns.</summary>
    private const long LockNumber = 20_261;

    public static void Create(NpgsqlConnection connection, JournalTables tables)
    {
        using var transaction = connection.BeginTransaction();
        using var command = new NpgsqlCommand(Statements(tables), connection, transaction);
        command.ExecuteNonQuery();
        transaction.Commit();
    }

    /// <summary>The plugin's own tables without its indexes on single columns, which nothing of ours reads.</summary>
    private static string Statements(JournalTables tables)
    {
        var c = tables.Columns;
        var writer = c.WriterUuid is null ? "" : $", {Q(c.WriterUuid)} text";
        return $"""
            SELECT pg_advisory_xact_lock({LockNumber});
            {(tables.Schema is null ? "" : $"CREATE SCHEMA IF NOT EXISTS {Q(tables.Schema)};")}
            CREATE TABLE IF NOT EXISTS {tables.Quoted(tables.Journal)} (
              {Q(c.Ordering)} bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, {Q(c.Created)} bigint NOT NULL, {Q(c.Deleted)} boolean NOT NULL,
              {Q(c.PersistenceId)} text NOT NULL, {Q(c.SequenceNumber)} bigint NOT NULL, {Q(c.Message)} bytea NOT NULL,
              {Q(c.Manifest)} text, {Q(c.Identifier)} integer{writer},
              CONSTRAINT {Q($"{tables.Journal}_uq")} UNIQUE ({Q(c.PersistenceId)}, {Q(c.SequenceNumber)}));
            CREATE TABLE IF NOT EXISTS {tables.Quoted(tables.Tags)} (
              ordering_id bigint NOT NULL, tag text NOT NULL, sequence_nr bigint NOT NULL, persistence_id text NOT NULL, PRIMARY KEY (ordering_id, tag));
            CREATE INDEX IF NOT EXISTS {Q($"{tables.Tags}_key_idx")} ON {tables.Quoted(tables.Tags)} (persistence_id, sequence_nr);
            CREATE TABLE IF NOT EXISTS {tables.Quoted("snapshot")} (
              persistence_id text NOT NULL, sequence_number bigint NOT NULL, created bigint NOT NULL, snapshot bytea, manifest text, serializer_id integer,
              PRIMARY KEY (persistence_id, sequence_number));
            """;
    }

    private static string Q(string name) => JournalTables.Quote(name);
}
