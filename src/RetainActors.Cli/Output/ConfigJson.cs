using System.Collections.Immutable;
using RetainActors.Cli.Configuration;

namespace RetainActors.Cli.Output;

/// <summary>The answer of <c>retain config --effective</c>: the layers, the first of which wins, and every setting. The names are a contract.</summary>
internal sealed record ConfigDocument(
    int SchemaVersion, string Root, ImmutableArray<string> Layers, ImmutableArray<EffectiveSetting> Settings, ErrorJson? Error = null)
{
    public static ConfigDocument Of(RetainConfig config, IReadOnlyList<EffectiveSetting> settings) => new(
        OutputJson.SchemaVersion, config.Root, [.. config.Layers.Select(layer => layer.Origin).Distinct()],
        [.. settings]);

    /// <summary>HOCON that can be read back, but for what is masked.</summary>
    public void WriteText(TextWriter output)
    {
        output.WriteLine(PlainText.OneLine($"# The root is {Root}. The first of these that sets a key wins: {string.Join(", ", Layers)}."));
        foreach (var setting in Settings) output.WriteLine(PlainText.OneLine($"{setting.Key} = {setting.Value} # {setting.Origin}"));
    }
}
