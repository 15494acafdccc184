using System.Text;

namespace RetainActors.Cli.MarkdownPipeline;

/// <summary>Tells whether two spellings mean one entity: case, and whether words are joined by spaces, hyphens or underscores, do not count.</summary>
internal static class EntityKey
{
    public static string Of(string name)
    {
        var key = new StringBuilder(name.Length);
        foreach (var c in name.ToLowerInvariant())
        {
            if (!(char.IsWhiteSpace(c) || c is '-' or '_')) key.Append(c);
            else if (key.Length > 0 && key[^1] != '-') key.Append('-');
        }

        return key.ToString().TrimEnd('-');
    }
}
