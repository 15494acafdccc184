using Akka.Configuration.Hocon;

namespace RetainActors.Cli.Configuration;

/// <summary>Merges the layers of a configuration as Akka does, and remembers for every value which layer it comes from.</summary>
internal static class EffectiveConfig
{
    /// <summary>Every value of the layers, the first of which wins, in ordinal order of the keys.</summary>
    public static IReadOnlyList<EffectiveSetting> Of(IEnumerable<ConfigLayer> layers)
    {
        var root = new Node();
        foreach (var layer in layers) Merge(root, layer.Config.Root, layer.Origin);
        var settings = new List<EffectiveSetting>();
        Collect(root, "", settings);
        settings.Sort((one, other) => string.CompareOrdinal(one.Key, other.Key));
        return settings;
    }

    private static void Merge(Node node, HoconValue? value, string origin)
    {
        // What an upper layer says is hidden by none below; objects of several layers are one.
        if (node.Setting is not null || value is null) return;
        if (value.IsObject())
        {
            foreach (var (name, member) in value.GetObject().Items)
            {
                if (!node.Members.TryGetValue(name, out var child)) node.Members[name] = child = new Node();
                Merge(child, member, origin);
            }
        }
        else if (node.Members.Count == 0)
        {
            node.Setting = (value, origin);
        }
    }

    private static void Collect(Node node, string path, List<EffectiveSetting> settings)
    {
        if (node.Setting is var (value, origin))
            settings.Add(new EffectiveSetting(path, SecretMask.Apply(path, HoconWriter.Text(value)), origin));
        foreach (var (name, child) in node.Members)
            Collect(child, path.Length == 0 ? HoconWriter.Key(name) : $"{path}.{HoconWriter.Key(name)}", settings);
    }

    private sealed class Node
    {
        public Dictionary<string, Node> Members { get; } = new(StringComparer.Ordinal);

        public (HoconValue Value, string Origin)? Setting { get; set; }
    }
}
