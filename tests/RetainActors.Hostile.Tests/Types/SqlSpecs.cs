using System.Text;
using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence.Sql;
using Microsoft.Data.Sqlite;
using RetainActors.Checkpoints;

namespace RetainActors.Hostile.Tests.Types;

/// <summary>Rows of an SQL journal that name types: there our serializer has no say, so that Akka's Newtonsoft serializer must be out of the way.</summary>
public sealed class SqlSpecs
{
    private const string Json = "akka.actor.serializers.json";

    private static readonly string Refused = $"{Json} = \"{RetainActors.Cluster.RetainCluster.Profile.GetString(Json)}\"";

    [Fact(DisplayName = "Rows of a checkpoint in an SQL journal should make no type with the serializer of the cluster's profile, and one with Akka's own")]
    public async Task Rows()
    {
        using var temp = new TempDirectory();
        var file = temp.File("journal.db");
        await using (var first = new Service(file, Refused)) await first.Client.SaveAsync(new RetainContext(new CheckpointKey("b", "first")));
        var cases = Payloads.All.SelectMany(payload => Payloads.Manifests.Select(manifest => (payload, manifest))).ToList();
        Insert(file, cases.Select((one, i) => ($"ck~b~{i}", one.manifest, one.payload)));

        var before = Made.Count;
        await using (var service = new Service(file, Refused))
        {
            var failures = await Task.WhenAll(cases.Select((_, i) => Record.ExceptionAsync(() => service.Client.LoadAsync(new CheckpointKey("b", $"{i}")))));
            for (var i = 0; i < cases.Count; i++) Assert.True(failures[i] is CheckpointUnreadableException or CheckpointUnavailableException, $"{cases[i]}: {failures[i]}");
            Assert.NotNull(await service.Client.LoadAsync(new CheckpointKey("b", "first")));
        }

        Assert.Equal(before, Made.Count);

        // The control.
        await using (var service = new Service(file, "")) await Record.ExceptionAsync(() => service.Client.LoadAsync(new CheckpointKey("b", "0")));
        Assert.NotEqual(before, Made.Count);
        SqliteConnection.ClearAllPools();
    }

    private static void Insert(string file, IEnumerable<(string Id, string Manifest, string Payload)> rows)
    {
        using var connection = new SqliteConnection($"Data Source={file}");
        connection.Open();
        foreach (var (id, manifest, payload) in rows)
        {
            using var command = new SqliteCommand(
                "INSERT INTO journal (persistence_id, sequence_number, created, deleted, message, manifest, identifier) VALUES (@id, 1, 0, 0, @message, @manifest, 1)", connection);
            command.Parameters.AddWithValue("@id", id);
            command.Parameters.AddWithValue("@message", Encoding.UTF8.GetBytes(payload));
            command.Parameters.AddWithValue("@manifest", manifest);
            command.ExecuteNonQuery();
        }
    }

    /// <summary>Checkpoints in a SQLite file.</summary>
    private sealed class Service(string file, string extra) : IAsyncDisposable
    {
        private readonly ActorSystem _system = ActorSystem.Create("sql", ConfigurationFactory.ParseString(
            $$"""
            akka.loglevel = OFF
            akka.persistence.journal.plugin = "akka.persistence.journal.sql"
            akka.persistence.journal.sql {
              connection-string = "Data Source={{file}};Default Timeout=30"
              provider-name = "SQLite.MS"
              auto-initialize = true
              circuit-breaker.max-failures = 1000000
            }
            {{extra}}
            """).WithFallback(SqlPersistence.DefaultConfiguration));

        public ICheckpointClient Client => RetainCheckpoints.Get(_system).Client;

        public async ValueTask DisposeAsync() => await _system.Terminate();
    }
}
