using Akka.Configuration;

namespace RetainActors.Cli.Configuration;

/// <summary>A part of the configuration and where it comes from.</summary>
internal sealed record ConfigLayer(string Origin, Config Config);
