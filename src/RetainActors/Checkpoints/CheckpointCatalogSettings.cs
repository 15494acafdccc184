using Akka.Configuration;

namespace RetainActors.Checkpoints;

/// <summary>The settings of the catalog below <c>retain.checkpoint</c>; the defaults and their meaning stand in <c>reference.conf</c>.</summary>
internal sealed record CheckpointCatalogSettings(string QueryPluginId, int MaxListedKeys, int MaxQueueLength, TimeSpan RequestTimeout)
{
    /// <summary>Reads and checks the settings.</summary>
    /// <exception cref="ConfigurationException">Names the key that is out of range.</exception>
    public static CheckpointCatalogSettings From(Config root, CheckpointSettings settings)
    {
        var section = ConfigSection.At(root, "retain.checkpoint");
        return new CheckpointCatalogSettings(
            section.Text("query-plugin-id"), section.Count("max-listed-keys"), settings.MaxQueueLength, settings.RequestTimeout);
    }
}
