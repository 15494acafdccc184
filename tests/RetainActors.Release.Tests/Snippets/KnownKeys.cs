using Akka.Cluster;
using Akka.Configuration;
using Akka.Remote;
using RetainActors.Cli.Configuration;
using RetainActors.Cluster;
using RetainActors.Persistence;

namespace RetainActors.Release.Tests.Snippets;

/// <summary>Keys of HOCON that something reads: those of our packages and profiles, and of the parts of Akka.NET that the pages speak of.</summary>
internal static class KnownKeys
{
    private static readonly Lazy<HashSet<string>> All = new(() =>
    [
        .. KeysOf(RetainCheckpoints.DefaultConfig), .. KeysOf(FilePersistence.DefaultConfig), .. KeysOf(RetainCluster.DefaultConfig),
        .. new[] { "hocon/file.conf", "hocon/memory.conf", "hocon/cluster-postgres.conf", "src/RetainActors.Cli/Node/node.conf" }
            .SelectMany(path => KeysOf(ConfigurationFactory.ParseString(File.ReadAllText(Repository.File(path))))),
        .. KeysOf(ConfigurationFactory.Default()),
        .. KeysOf(ConfigurationFactory.FromResource("Akka.Remote.Configuration.Remote.conf", typeof(RemoteSettings).Assembly)),
        .. KeysOf(ConfigurationFactory.FromResource("Akka.Cluster.Configuration.Cluster.conf", typeof(ClusterSettings).Assembly)),
    ]);

    /// <summary>The keys of a text of HOCON that nothing reads.</summary>
    public static IEnumerable<string> UnknownIn(string hocon) => KeysOf(ConfigurationFactory.ParseString(hocon)).Where(key => !All.Value.Contains(key));

    private static IEnumerable<string> KeysOf(Config config) => EffectiveConfig.Of([new ConfigLayer("", config)]).Select(setting => setting.Key);
}
