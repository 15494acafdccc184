using Npgsql;

namespace RetainActors.Cluster.Tests;

/// <summary>One server for all tests of the collection; each test makes a database of its own.</summary>
public sealed class PostgresFixture : IDisposable
{
    private readonly Lazy<PostgresServer> _server = new(PostgresServer.Require);

    /// <summary>The server; skips the test visibly when there is none.</summary>
    public PostgresServer Server => _server.Value;

    /// <summary>A new, empty database.</summary>
    internal Database NewDatabase()
    {
        var name = $"retain_{Guid.NewGuid():N}";
        Database.Execute(Server.ConnectionString, $"CREATE DATABASE {name}");
        return new Database(new NpgsqlConnectionStringBuilder(Server.ConnectionString) { Database = name, Timeout = 10, CommandTimeout = 15 }.ConnectionString);
    }

    public void Dispose()
    {
        NpgsqlConnection.ClearAllPools();
        if (_server.IsValueCreated) _server.Value.Dispose();
    }
}

[CollectionDefinition(Name)]
public sealed class PostgresTests : ICollectionFixture<PostgresFixture>
{
    public const string Name = "PostgreSQL";
}

/// <summary>A database of one test.</summary>
internal sealed record Database(string ConnectionString)
{
    public Database With(string option) => new($"{ConnectionString};{option}");

    public void Execute(string sql) => Execute(ConnectionString, sql);

    public IReadOnlyList<string> Query(string sql)
    {
        using var connection = new NpgsqlConnection(ConnectionString);
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read()) rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(reader.GetValue)));
        return rows;
    }

    public static void Execute(string connectionString, string sql)
    {
        using var connection = new NpgsqlConnection(connectionString);
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }
}
