using Akka.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace RetainActors.Hosting;

/// <summary>What <c>WithRetainCheckpoints</c> can add to checkpoints.</summary>
public sealed class RetainCheckpointsBuilder
{
    private readonly AkkaConfigurationBuilder _akka;

    internal RetainCheckpointsBuilder(AkkaConfigurationBuilder akka) => _akka = akka;

    /// <summary>
    /// Adds the check of how requests are served, over any journal: by default <c>retain.checkpoint</c> with the tags akka, retain,
    /// checkpoint and readiness. It asks an actor and writes nothing.
    /// </summary>
    /// <param name="configure">Sets the thresholds; a wrong one is a <see cref="Akka.Configuration.ConfigurationException"/> that names it.</param>
    /// <param name="failureStatus">What is reported when the journal fails requests in a row, or nobody answers.</param>
    /// <param name="name">The name of the check.</param>
    /// <param name="tags">Other tags.</param>
    /// <param name="timeout">How long it may take; 10 s when null.</param>
    public RetainCheckpointsBuilder WithHealthCheck(
        Action<CheckpointHealthOptions>? configure = null, HealthStatus failureStatus = HealthStatus.Unhealthy, string? name = null,
        IEnumerable<string>? tags = null, TimeSpan? timeout = null)
    {
        var options = new CheckpointHealthOptions();
        configure?.Invoke(options);
        options.Checked();
        var check = new StatusCheck("The client of checkpoints", async (system, failure, token) =>
            CheckpointHealth.Of(await RetainCheckpoints.Get(system).InspectAsync(token).ConfigureAwait(false), options, failure));
        _akka.WithHealthCheck(StatusCheck.Registration(name ?? "retain.checkpoint", "checkpoint", check, failureStatus, tags, timeout));
        return this;
    }
}
