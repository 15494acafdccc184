namespace RetainActors.Cli.Configuration;

/// <summary>One key of a merged configuration, as HOCON writes it, and the layer that its value comes from. The names are a contract.</summary>
internal sealed record EffectiveSetting(string Key, string Value, string Origin);
