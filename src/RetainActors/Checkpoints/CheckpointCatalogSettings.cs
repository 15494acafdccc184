using Akka.Configuration;

namespace RetainActors.Checkpoints;

/// <summary>The settings of the catalog below <c>retain.checkpoint</c>; the defaults and their meaning stand in <c>reference.conf</c>.</summary>
internal sealed record CheckpointCatalogSettings(string QueryPluginId, int MaxListedKeys, int MaxQueueLength, TimeSpan RequestTimeout)
{
    private const string MaxListedKeysPath = "retain.checkpoint.max-listed-keys";

    /// <summary>Reads and checks the settings.</summary>
    /// <exception cref="ConfigurationException">Names the key that is out of range.</exception>
    public static CheckpointCatalogSettings From(Config root, CheckpointSettings settings)
    {
        var keys = root.GetInt(MaxListedKeysPath);
        if (keys < 1) throw new ConfigurationException($"{MaxListedKeysPath} must be at least 1.");
        return new CheckpointCatalogSettings(root.GetString("retain.checkpoint.query-plugin-id") ?? "", keys, settings.MaxQueueLength, settings.RequestTimeout);
    }
}
