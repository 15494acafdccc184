using Akka.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace RetainActors.Hosting;

/// <summary>What <c>WithRetainRuns</c> can add to runs.</summary>
public sealed class RetainRunsBuilder
{
    private readonly AkkaConfigurationBuilder _akka;

    internal RetainRunsBuilder(AkkaConfigurationBuilder akka) => _akka = akka;

    /// <summary>
    /// Adds the check of runs that are stuck or parked in this process: by default <c>retain.run</c> with the tags akka, retain, run
    /// and readiness. It asks an actor and reads no journal.
    /// </summary>
    /// <param name="configure">Sets the thresholds; a wrong one is a <see cref="Akka.Configuration.ConfigurationException"/> that names it.</param>
    /// <param name="failureStatus">What is reported when nobody answers; stuck and parked runs are degraded.</param>
    /// <param name="name">The name of the check.</param>
    /// <param name="tags">Other tags.</param>
    /// <param name="timeout">How long it may take; 10 s when null.</param>
    public RetainRunsBuilder WithHealthCheck(
        Action<RunHealthOptions>? configure = null, HealthStatus failureStatus = HealthStatus.Unhealthy, string? name = null,
        IEnumerable<string>? tags = null, TimeSpan? timeout = null)
    {
        var options = new RunHealthOptions();
        configure?.Invoke(options);
        options.Checked();
        var check = new StatusCheck("The manager of runs", async (system, _, token) =>
            RunHealth.Of(await HostedRuns.Get(system).InspectAsync(options.StuckAfter, token).ConfigureAwait(false), options));
        _akka.WithHealthCheck(StatusCheck.Registration(name ?? "retain.run", "run", check, failureStatus, tags, timeout));
        return this;
    }
}
