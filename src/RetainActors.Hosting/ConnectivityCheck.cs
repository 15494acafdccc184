using Akka.Actor;
using Akka.Hosting;
using Akka.Persistence;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RetainActors.Persistence;
using RetainActors.Storage;

namespace RetainActors.Hosting;

/// <summary>Tries the root of a journal or a snapshot store with a file of its own, and looks at the space that is left.</summary>
internal sealed class ConnectivityCheck(
    string pluginId, long minFreeBytes, Func<PersistenceExtension, CancellationToken, Task<PersistenceHealthCheckResult>> plugin)
    : IAkkaHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(AkkaHealthCheckContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(context);
        var failureStatus = context.Registration.FailureStatus;
        try
        {
            // A journal opens its log for this, and knows best what is wrong with it.
            var health = await plugin(Akka.Persistence.Persistence.Instance.Apply(context.ActorSystem), cancellationToken).ConfigureAwait(false);
            if (health.Status == PersistenceHealthStatus.Unhealthy)
                return new HealthCheckResult(failureStatus, health.Description, health.Exception, health.Data);

            var probe = await ProbeAsync(context.ActorSystem, cancellationToken).ConfigureAwait(false);
            return probe.FreeBytes is { } free && free < minFreeBytes
                ? HealthCheckResult.Degraded(
                    $"{free} bytes are free for {probe.Root}, fewer than {minFreeBytes}. Free space before the journal is full.", data: DataOf(probe))
                : HealthCheckResult.Healthy($"{probe.Root} can be written, synced and read.", DataOf(probe));
        }
        catch (StorageException e)
        {
            return new HealthCheckResult(failureStatus, e.Message, e, DataOf(null));
        }
        catch (OperationCanceledException e)
        {
            return new HealthCheckResult(failureStatus, $"The root of {pluginId} did not answer in time.", e, DataOf(null));
        }
    }

    /// <summary>The calls block, on a broken device for ever: the check gives up waiting, not the calls.</summary>
    private Task<RootProbe> ProbeAsync(ActorSystem system, CancellationToken cancellationToken) =>
        Task.Run(() => FilePersistence.Get(system).Probe(pluginId), cancellationToken).WaitAsync(cancellationToken);

    private Dictionary<string, object> DataOf(RootProbe? probe)
    {
        var data = new Dictionary<string, object> { ["plugin-id"] = pluginId };
        if (probe?.FreeBytes is { } free) data["free-bytes"] = free;
        return data;
    }
}
