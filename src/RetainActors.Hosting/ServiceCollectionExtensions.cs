using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using RetainActors.Checkpoints;
using RetainActors.Runs;

namespace RetainActors.Hosting;

/// <summary>The clients of RetainActors as services, for code that is no actor.</summary>
public static class ServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="ICheckpointClient"/> and <see cref="IRunClient"/> of the actor system that <c>AddAkka</c> makes. They may
    /// be taken from the first moment on. Taking <see cref="IRunClient"/> without <c>WithRetainRuns</c> is an
    /// <see cref="InvalidOperationException"/>.
    /// </summary>
    public static IServiceCollection AddRetainClients(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(provider => RetainCheckpoints.Get(provider.GetRequiredService<ActorSystem>()).Client);
        services.TryAddSingleton(provider => HostedRuns.Get(provider.GetRequiredService<ActorSystem>()).Client);
        return services;
    }
}
