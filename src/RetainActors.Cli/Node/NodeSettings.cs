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
        var node = ConfigSection.At(config, "retain.node");
        var folder = Required(node, "folder");
        node.Require(Directory.Exists(folder), "folder", $"names {folder}, which is no folder");
        var bank = Required(node, "bank");
        node.Require(CommonOptions.IdProblem("retain.node.bank", bank) is null, "bank", "is no id of a bank");
        return new NodeSettings(
            Path.GetFullPath(folder), bank, Path.GetFullPath(Required(node, "root")), node.Count("parallel", MaxParallel), node.TimeOrNone("model-latency"));
    }

    private static string Required(ConfigSection node, string key)
    {
        var value = node.Text(key);
        node.Require(!string.IsNullOrWhiteSpace(value), key, "is missing");
        return value;
    }
}
