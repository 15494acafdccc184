using Akka.Configuration;

namespace RetainActors.Cluster;

/// <summary>The settings of <c>retain.cluster</c>; the defaults and their meaning stand in <c>reference.conf</c>.</summary>
internal sealed record ClusterSettings(bool CreateTables, int NumberOfShards, string? Role, TimeSpan IdleInTransactionTimeout)
{
    private const int MaxShards = 100_000;

    /// <summary>Reads and checks the settings.</summary>
    /// <exception cref="ConfigurationException">Names the key that is missing or out of range.</exception>
    public static ClusterSettings From(Config root)
    {
        var section = ConfigSection.At(root, "retain.cluster");
        var shards = section.Count("number-of-shards", MaxShards);
        var held = section.Time("idle-in-transaction-timeout");
        return new ClusterSettings(section.Flag("create-tables"), shards, section.Text("role") is { Length: > 0 } role ? role : null, held);
    }
}
