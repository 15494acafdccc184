using Akka.Configuration;

namespace RetainActors.Cluster;

/// <summary>The settings of <c>retain.cluster</c>; the defaults and their meaning stand in <c>reference.conf</c>.</summary>
internal sealed record ClusterSettings(bool CreateTables, int NumberOfShards, string? Role)
{
    private const string Path = "retain.cluster";
    private const int MaxShards = 100_000;

    /// <summary>Reads and checks the settings.</summary>
    /// <exception cref="ConfigurationException">Names the key that is missing or out of range.</exception>
    public static ClusterSettings From(Config root)
    {
        var config = root.GetConfig(Path) ?? throw new ConfigurationException($"{Path} is missing.");
        var shards = config.GetInt("number-of-shards");
        if (shards is < 1 or > MaxShards) throw new ConfigurationException($"{Path}.number-of-shards must be from 1 to {MaxShards}; it is {shards}.");
        return new ClusterSettings(config.GetBoolean("create-tables"), shards, config.GetString("role") is { Length: > 0 } role ? role : null);
    }
}
