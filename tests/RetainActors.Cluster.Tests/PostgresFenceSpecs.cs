using Akka.Actor;
using Akka.Configuration;
using Npgsql;
using RetainActors.Cluster.Postgres;

namespace RetainActors.Cluster.Tests;

/// <summary>A node should start only on a database that keeps what a save promises; each case on a real one.</summary>
[Collection(PostgresTests.Name)]
public sealed class PostgresFenceSpecs(PostgresFixture postgres)
{
    [SkippableFact(DisplayName = "An empty database should get its tables and be taken, by nodes that start at once too")]
    public async Task Creates()
    {
        var database = postgres.NewDatabase();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Check(database))));
        Assert.Equal(["journal", "snapshot", "tags"], database.Query("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"));
    }

    [SkippableFact(DisplayName = "The tables that the SQL plugin makes for itself should be taken as they are")]
    public void Plugins_own_tables()
    {
        var database = postgres.NewDatabase();
        database.Execute(
            """
            CREATE TABLE journal (ordering bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, created bigint NOT NULL, deleted boolean NOT NULL,
              persistence_id varchar(255) NOT NULL, sequence_number bigint NOT NULL, message bytea NOT NULL, manifest text, identifier integer, writer_uuid text);
            ALTER TABLE journal ADD CONSTRAINT journal_uq UNIQUE (persistence_id, sequence_number);
            """);
        Check(database, createTables: false);
    }

    [SkippableTheory(DisplayName = "A database that is no fence should be refused by name, with what to do")]
    [InlineData("", JournalFenceProblem.UnexpectedSchema, "has no table")]
    [InlineData("ALTER TABLE journal DROP CONSTRAINT journal_uq", JournalFenceProblem.NoUniqueKey, "ADD UNIQUE")]
    [InlineData(
        "ALTER TABLE journal DROP CONSTRAINT journal_uq; CREATE UNIQUE INDEX u ON journal (persistence_id, sequence_number) WHERE NOT deleted",
        JournalFenceProblem.NoUniqueKey, "ADD UNIQUE")]
    [InlineData(
        "ALTER TABLE journal DROP CONSTRAINT journal_uq; CREATE UNIQUE INDEX u ON journal (persistence_id, sequence_number, writer_uuid)",
        JournalFenceProblem.NoUniqueKey, "ADD UNIQUE")]
    [InlineData(
        "ALTER TABLE journal DROP CONSTRAINT journal_uq; CREATE INDEX u ON journal (persistence_id, sequence_number)",
        JournalFenceProblem.NoUniqueKey, "ADD UNIQUE")]
    [InlineData(
        "ALTER TABLE journal DROP CONSTRAINT journal_uq; ALTER TABLE journal ADD UNIQUE (persistence_id, sequence_number) DEFERRABLE INITIALLY DEFERRED",
        JournalFenceProblem.NoUniqueKey, "ADD UNIQUE")]
    [InlineData("ALTER TABLE journal DROP COLUMN writer_uuid", JournalFenceProblem.UnexpectedSchema, "writer_uuid")]
    [InlineData("ALTER TABLE journal ALTER message TYPE text", JournalFenceProblem.UnexpectedSchema, "message")]
    [InlineData("ALTER TABLE journal ALTER persistence_id TYPE varchar(100)", JournalFenceProblem.UnexpectedSchema, "shorter than 255")]
    [InlineData("ALTER TABLE journal SET UNLOGGED", JournalFenceProblem.UnexpectedSchema, "SET LOGGED")]
    public void Refused(string change, JournalFenceProblem problem, string advice)
    {
        var database = postgres.NewDatabase();
        if (change.Length > 0)
        {
            Check(database);
            database.Execute(change);
        }

        Refuses(database, problem, advice);
    }

    [SkippableFact(DisplayName = "A unique key that a user made by another name and order should do")]
    public void Another_key()
    {
        var database = postgres.NewDatabase();
        Check(database);
        database.Execute("ALTER TABLE journal DROP CONSTRAINT journal_uq; CREATE UNIQUE INDEX mine ON journal (sequence_number, persistence_id) INCLUDE (deleted)");
        Check(database, createTables: false);
    }

    [SkippableTheory(DisplayName = "synchronous_commit = off should be refused wherever it is set, and local be taken")]
    [InlineData("ALTER DATABASE {0} SET synchronous_commit = off", "", true)]
    [InlineData("", "Options=-c synchronous_commit=off", true)]
    [InlineData("", "Options=-c synchronous_commit=local", false)]
    public void Synchronous_commit(string change, string option, bool isRefused)
    {
        var database = postgres.NewDatabase();
        Check(database);
        NpgsqlConnection.ClearAllPools();
        if (change.Length > 0) database.Execute(string.Format(null, change, new NpgsqlConnectionStringBuilder(database.ConnectionString).Database));
        NpgsqlConnection.ClearAllPools();
        if (option.Length > 0) database = database.With(option);
        if (isRefused) Refuses(database, JournalFenceProblem.NotDurable, "synchronous_commit");
        else Check(database);
    }

    [SkippableFact(DisplayName = "Connections on which a silent node could hold its keys for ever should be refused")]
    public void Held_transactions()
    {
        var database = postgres.NewDatabase();
        Check(database);
        Refuses(database.With("Options=-c idle_in_transaction_session_timeout=0"), JournalFenceProblem.UnboundedTransactions, "10s");
        Check(database.With("Options=-c idle_in_transaction_session_timeout=20s"));
    }

    [SkippableTheory(DisplayName = "A server without fsync or full_page_writes should be refused")]
    [InlineData("fsync")]
    [InlineData("full_page_writes")]
    public void Server_settings(string setting)
    {
        var database = postgres.NewDatabase();
        Check(database);
        Skip.IfNot(postgres.Server.IsPrivate, "changes settings of the server");
        using var server = PostgresServer.Require();
        server.StopAtOnce();
        server.Start($"-c {setting}=off");
        Refuses(new Database(server.ConnectionString), JournalFenceProblem.NotDurable, setting);
        NpgsqlConnection.ClearAllPools();
    }

    [SkippableFact(DisplayName = "A database that does not answer should be refused by name")]
    public void Unreachable()
    {
        var builder = new NpgsqlConnectionStringBuilder(postgres.NewDatabase().ConnectionString) { Port = 1, Host = "127.0.0.1" };
        Refuses(new Database(builder.ConnectionString), JournalFenceProblem.Unreachable, "Start it");
    }

    [SkippableFact(DisplayName = "A node should not start without its fence, and say why")]
    public void Node()
    {
        var database = postgres.NewDatabase();
        Check(database);
        database.Execute("ALTER TABLE journal DROP CONSTRAINT journal_uq");
        var refused = Assert.Throws<JournalFenceException>(() => ActorSystem.Create("retain", Nodes.Config(database)));
        Assert.Equal(JournalFenceProblem.NoUniqueKey, refused.Problem);
    }

    [Theory(DisplayName = "A journal that is none of PostgreSQL should be refused by name")]
    [InlineData("akka.persistence.journal.plugin = \"akka.persistence.journal.inmem\"", "Akka.Persistence.Sql")]
    [InlineData("akka.persistence.journal.sql.provider-name = SQLite", "provider-name")]
    [InlineData("akka.persistence.journal.sql.replay-filter.mode = fail", "replay-filter.mode")]
    [InlineData("akka.persistence.journal.sql.replay-filter.mode = repair-by-discard-old", "replay-filter.mode")]
    [InlineData("akka.persistence.journal.sql.connection-string = \"\"", "connection-string")]
    public void Other_journals(string setting, string key)
    {
        var config = ConfigurationFactory.ParseString(setting).WithFallback(Nodes.Config(new Database("Host=h")));
        var refused = Assert.Throws<JournalFenceException>(() => JournalTables.From(RetainCluster.WithDefaults(config), ""));
        Assert.Equal(JournalFenceProblem.UnsuitableJournal, refused.Problem);
        Assert.Contains(key, refused.Message, StringComparison.Ordinal);
    }

    private static void Refuses(Database database, JournalFenceProblem problem, string advice)
    {
        var refused = Assert.Throws<JournalFenceException>(() => Check(database, createTables: false));
        Assert.Equal(problem, refused.Problem);
        Assert.Contains(advice, refused.Message, StringComparison.Ordinal);
    }

    private static void Check(Database database, bool createTables = true) => JournalFence.Check(Nodes.Tables(database), createTables);
}
