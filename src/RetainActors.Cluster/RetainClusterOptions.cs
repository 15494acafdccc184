using System.Globalization;
using Akka.Configuration;

namespace RetainActors.Cluster;

/// <summary>The settings of a node that differ from machine to machine; everything else is in the profile.</summary>
public sealed class RetainClusterOptions
{
    /// <summary>Npgsql's connection string of the database, the same one on every node.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>Name or address of this machine that the other nodes reach it by.</summary>
    public string? Hostname { get; set; }

    /// <summary>Port of this node, from 0 to 65535; 0 takes a free one.</summary>
    public int Port { get; set; } = 4053;

    /// <summary>
    /// Nodes to join the cluster by, such as <c>akka.tcp://retain@10.0.0.1:4053</c>; the first one begins a new cluster when it
    /// meets no other. Empty: you join the node yourself.
    /// </summary>
    public IReadOnlyList<string> SeedNodes { get; set; } = [];

    /// <summary>Roles of this node.</summary>
    public IReadOnlyList<string> Roles { get; set; } = [];

    /// <summary>Only nodes of this role hold checkpoints; null: every node.</summary>
    public string? Role { get; set; }

    /// <summary>Shards of the keys, from 1 to 100000, the same on every node; null leaves it to the configuration.</summary>
    public int? NumberOfShards { get; set; }

    /// <summary>The options as configuration.</summary>
    internal Config ToConfig()
    {
        if (string.IsNullOrWhiteSpace(ConnectionString)) throw Wrong(nameof(ConnectionString), "is missing");
        if (string.IsNullOrWhiteSpace(Hostname)) throw Wrong(nameof(Hostname), "is missing: the other nodes must reach this one by it");
        if (Port is < 0 or > 65535) throw Wrong(nameof(Port), $"must be from 0 to 65535; it is {Port}");
        return ConfigurationFactory.ParseString(string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            retain.cluster.connection-string = {{Hocon.Quote(ConnectionString)}}
            akka.remote.dot-netty.tcp.hostname = {{Hocon.Quote(Hostname)}}
            akka.remote.dot-netty.tcp.port = {{Port}}
            akka.cluster.seed-nodes = {{Hocon.List(SeedNodes)}}
            akka.cluster.roles = {{Hocon.List(Roles)}}
            {{(Role is null ? "" : $"retain.cluster.role = {Hocon.Quote(Role)}")}}
            {{(NumberOfShards is null ? "" : $"retain.cluster.number-of-shards = {NumberOfShards}")}}
            """));
    }

    private static ArgumentException Wrong(string option, string problem) => new($"{nameof(RetainClusterOptions)}.{option} {problem}.", option);
}
