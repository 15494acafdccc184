using Akka.Configuration;
using Akka.Persistence.Sql;

namespace RetainActors.Testing.Tests;

/// <summary>
/// Akka.Persistence.Sql on a SQLite file or on PostgreSQL. It gives all events of an actor system one writer id, so a key that comes back to a system that
/// had it before looks to the replay filter like an old writer: the filter must be off, and the unique index is the fence.
/// </summary>
internal static class SqlJournal
{
    public static Config ConfigFor(string file, string replayFilter = "off") => ConfigFor("SQLite.MS", $"Data Source={file};Default Timeout=30", replayFilter);

    public static Config ConfigForPostgres(string connectionString) => ConfigFor("PostgreSQL.15", connectionString, "off");

    private static Config ConfigFor(string provider, string connectionString, string replayFilter) => ConfigurationFactory.ParseString(
        $$"""
        akka.persistence.journal.plugin = "akka.persistence.journal.sql"
        akka.persistence.journal.sql {
          class = "Akka.Persistence.Sql.Journal.SqlWriteJournal, Akka.Persistence.Sql"
          connection-string = "{{connectionString}}"
          provider-name = "{{provider}}"
          auto-initialize = true
          replay-filter.mode = {{replayFilter}}
        }
        akka.persistence.query.journal.sql {
          connection-string = "{{connectionString}}"
          provider-name = "{{provider}}"
          # Ten looks at a gap in the order of events, which may be a write that is on its way, are a second each unless told otherwise.
          journal-sequence-retrieval.query-delay = 20ms
        }
        retain.checkpoint.query-plugin-id = "akka.persistence.query.journal.sql"
        """).WithFallback(SqlPersistence.DefaultConfiguration);
}
