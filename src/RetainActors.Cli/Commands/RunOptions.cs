namespace RetainActors.Cli.Commands;

/// <summary>What <c>retain run</c> was asked for.</summary>
internal sealed record RunOptions(string Folder, string Bank, RetainConfig Config, int Parallel, TimeSpan ModelLatency);
