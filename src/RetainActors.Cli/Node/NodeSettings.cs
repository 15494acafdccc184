using Akka.Configuration;
using RetainActors.Cli.Commands;

namespace RetainActors.Cli.Node;

/// <summary>The settings of <c>retain.node</c>; their meaning stands in <c>node.conf</c>.</summary>
internal sealed record NodeSettings(string Folder, string Bank, string Root, int Parallel, TimeSpan ModelLatency)
{
    private const int MaxParallel = 10_000;

    /// <summary>Reads and checks the settings.</summary>
    /// <exception cref="ConfigurationException">Names the key that is missing or out of range.</exception>
    public static NodeSettings From(Config config)
    {
        var node = config.GetConfig("retain.node");
        var folder = Required(node, "folder");
        Require(Directory.Exists(folder), "folder", $"names {folder}, which is no folder");
        var bank = Required(node, "bank");
        Require(CommonOptions.IdProblem("retain.node.bank", bank) is null, "bank", "is no id of a bank");
        var parallel = node.GetInt("parallel");
        Require(parallel is >= 1 and <= MaxParallel, "parallel", $"must be from 1 to {MaxParallel}; it is {parallel}");
        return new NodeSettings(
            Path.GetFullPath(folder), bank, Path.GetFullPath(Required(node, "root")), parallel, node.GetTimeSpan("model-latency", allowInfinite: false));
    }

    private static string Required(Config node, string key)
    {
        var value = node.GetString(key);
        Require(!string.IsNullOrWhiteSpace(value), key, "is missing");
        return value;
    }

    private static void Require(bool condition, string key, string problem)
    {
        if (!condition) throw new ConfigurationException($"retain.node.{key} {problem}");
    }
}
