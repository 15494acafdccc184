using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace RetainActors.Cli.Tests.EndToEnd;

/// <summary>
/// The files of two nodes of one cluster on 127.0.0.1, quick to notice a dead one. The second begins the cluster, also alone; the first has the lower
/// address, so that it goes on when they lose each other.
/// </summary>
internal sealed class NodeFiles(TempDirectory directory, string connectionString, string folder)
{
    private readonly int[] _ports = [.. FreePorts(2).Order()];

    /// <summary>Writes the file of a node.</summary>
    public string Write(int node, int latencyMs = 0) => directory.Write(
        $"node-{node}.conf",
        $$"""
        retain.cluster.connection-string = "{{connectionString}}"
        retain.node { folder = "{{folder}}", bank = b, root = "{{directory.File($"pages-{node}")}}", model-latency = {{latencyMs}} ms }
        akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = {{_ports[node]}} }
        akka.cluster.seed-nodes = [{{string.Join(", ", _ports.Reverse().Select(port => $"\"akka.tcp://retain@127.0.0.1:{port}\""))}}]
        akka.cluster {
          split-brain-resolver.stable-after = 3 s
          failure-detector.acceptable-heartbeat-pause = 5 s
        }
        """);

    /// <summary>A new database on the server.</summary>
    public static string NewDatabase(PostgresServer server)
    {
        var name = $"retain_{Guid.NewGuid():N}";
        using var connection = new NpgsqlConnection(server.ConnectionString);
        connection.Open();
        using var command = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
        command.ExecuteNonQuery();
        return new NpgsqlConnectionStringBuilder(server.ConnectionString) { Database = name }.ConnectionString;
    }

    private static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var listener in listeners) listener.Start();
        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        foreach (var listener in listeners) listener.Dispose();
        return ports;
    }
}
