using System.Diagnostics;
using Akka.Configuration;

namespace RetainActors.Diagnostics;

/// <summary>
/// How much of a key the measurements of instruments carry. There are as many series as there are values, so it is the user's
/// choice; spans carry bank and source always.
/// </summary>
internal enum KeyTags
{
    None,
    Bank,
    Source,
}

/// <summary>Reads the choice and makes tags of it.</summary>
internal static class KeyTagsSetting
{
    private const string Path = "retain.telemetry.key-tags";

    /// <summary>Reads the setting.</summary>
    /// <exception cref="ConfigurationException">It is none of the three.</exception>
    public static KeyTags From(Config root) => root.GetString(Path) switch
    {
        "none" => KeyTags.None,
        "bank" => KeyTags.Bank,
        "source" => KeyTags.Source,
        var other => throw new ConfigurationException($"{Path} must be none, bank or source; it is '{other}'."),
    };

    /// <summary>The tags of a measurement, without memory of their own.</summary>
    public static TagList TagsOf(this KeyTags tags, CheckpointKey key)
    {
        var list = new TagList();
        if (tags != KeyTags.None) list.Add(Spans.BankTag, key.Bank);
        if (tags == KeyTags.Source) list.Add(Spans.SourceTag, key.Source);
        return list;
    }
}
