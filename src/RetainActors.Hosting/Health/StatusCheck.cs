using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace RetainActors.Hosting;

/// <summary>Asks actors how they are; writes nothing. Actors that do not answer are what a health check is for.</summary>
/// <param name="what">Who is asked, for people.</param>
/// <param name="ask">Asks and judges.</param>
internal sealed class StatusCheck(string what, Func<ActorSystem, HealthStatus, CancellationToken, Task<HealthCheckResult>> ask) : IAkkaHealthCheck
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);

    public static AkkaHealthCheckRegistration Registration(
        string name, string kind, StatusCheck check, HealthStatus failureStatus, IEnumerable<string>? tags, TimeSpan? timeout) =>
        new(name, check, failureStatus, tags ?? ["akka", "retain", kind, "readiness"], timeout ?? DefaultTimeout);

    public async Task<HealthCheckResult> CheckHealthAsync(AkkaHealthCheckContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        var failureStatus = context.Registration.FailureStatus;
        try
        {
            return await ask(context.ActorSystem, failureStatus, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException e)
        {
            return new HealthCheckResult(failureStatus, $"{what} did not answer in time. See the log of the actor system.", e);
        }
    }
}
