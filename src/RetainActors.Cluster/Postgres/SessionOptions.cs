using System.Globalization;
using Akka.Configuration;
using Npgsql;

namespace RetainActors.Cluster.Postgres;

/// <summary>
/// What a session asks of the database for itself. A node that falls silent between its insert and its commit, paused or cut off, holds the revision that it inserted: the insert of
/// whoever has the key next waits for it, and that of every key written with it. The database ends such a transaction after a while.
/// </summary>
internal static class SessionOptions
{
    /// <summary>The name of the setting in PostgreSQL.</summary>
    public const string Setting = "idle_in_transaction_session_timeout";

    /// <summary>The connection string, with the setting unless it has one itself.</summary>
    /// <exception cref="ConfigurationException">It is no connection string.</exception>
    public static string Bounded(string connectionString, TimeSpan timeout) => connectionString.Contains(Setting, StringComparison.OrdinalIgnoreCase)
        ? connectionString
        : With(connectionString, string.Create(CultureInfo.InvariantCulture, $"-c {Setting}={(long)timeout.TotalMilliseconds}"));

    /// <summary>The connection string of who must write nothing.</summary>
    /// <exception cref="ConfigurationException">It is no connection string.</exception>
    public static string ReadOnly(string connectionString) => With(connectionString, "-c default_transaction_read_only=on");

    private static string With(string connectionString, string option)
    {
        try
        {
            var builder = new NpgsqlConnectionStringBuilder(connectionString);
            builder.Options = string.IsNullOrEmpty(builder.Options) ? option : $"{builder.Options} {option}";
            return builder.ConnectionString;
        }
        catch (ArgumentException e)
        {
            throw new ConfigurationException($"retain.cluster.connection-string is no connection string of Npgsql: {e.Message}", e);
        }
    }
}
