using Akka.Configuration;
using RetainActors.Cluster;
using RetainActors.Cluster.Postgres;

namespace RetainActors.Cli.Node;

/// <summary>The configuration of a node, and of who reads what nodes stored: the user's file over the profile of the cluster.</summary>
internal static class NodeConfig
{
    private const string ConnectionString = "retain.cluster.connection-string";

    /// <summary>A node that is ended by its cluster stops as the tool says, with an exit code.</summary>
    private const string Fixed = RetainConfig.Fixed + "\nakka.coordinated-shutdown.exit-clr = off";

    /// <summary>Whether a file is that of a node: it names the database of a cluster.</summary>
    public static bool IsOfNode(Config file) => !string.IsNullOrEmpty(file.GetString(ConnectionString));

    /// <summary>All settings of a node.</summary>
    /// <exception cref="ConfigurationException">The file lacks what every node needs.</exception>
    public static Config ForNode(Config file)
    {
        if (!IsOfNode(file)) throw new ConfigurationException($"{ConnectionString} is missing");
        if (string.IsNullOrEmpty(file.GetString("akka.remote.dot-netty.tcp.hostname")))
            throw new ConfigurationException("akka.remote.dot-netty.tcp.hostname is missing: the other nodes must reach this one by it");
        if (file.GetStringList("akka.cluster.seed-nodes") is not { Count: > 0 })
            throw new ConfigurationException("akka.cluster.seed-nodes is missing: name the nodes to join by, or this one to begin a cluster");
        return Above(file).WithFallback(RetainCluster.Profile)
            .WithFallback(ConfigurationFactory.FromResource("RetainActors.Cli.node.conf", typeof(NodeConfig).Assembly));
    }

    /// <summary>All settings of who only reads.</summary>
    public static Config ForReader(Config file) => RetainCluster.ReadOnly(Above(file)).WithFallback(RetainCheckpoints.DefaultConfig);

    /// <summary>Looks whether there is what nodes store in.</summary>
    /// <exception cref="CommandFailure">The database cannot be used, or is none of nodes.</exception>
    public static void RequireFence(Config config)
    {
        try
        {
            RetainCluster.RequireFence(config);
        }
        catch (JournalFenceException e)
        {
            throw NoFence(e);
        }
    }

    public static CommandFailure NoFence(JournalFenceException e) => new(e.Problem.ToString(), e.Message, ExitCode.Failed, e);

    private static Config Above(Config file) =>
        ConfigurationFactory.ParseString(Fixed).WithFallback(file).WithFallback(ConfigurationFactory.ParseString(RetainConfig.Quiet));
}
