using Akka.Actor;
using Akka.Configuration;
using RetainActors.Checkpoints;

namespace RetainActors;

/// <summary>
/// The checkpoints of an actor system. Getting the extension starts its actors and adds the defaults of
/// <c>retain.checkpoint</c> below the system's configuration.
/// </summary>
public sealed class RetainCheckpoints : IExtension
{
    private RetainCheckpoints(ExtendedActorSystem system)
    {
        system.Settings.InjectTopLevelFallback(DefaultConfig);
        var settings = CheckpointSettings.From(system.Settings.Config);
        Region = CheckpointRouting.RegionNamed(settings.Region).Start(system, settings);
        ClientActor = system.SystemActorOf(CheckpointClientActor.PropsFor(Region, settings), "retain-checkpoint-client");
        Catalog = system.SystemActorOf(CheckpointCatalogActor.PropsFor(CheckpointCatalogSettings.From(system.Settings.Config, settings)), "retain-checkpoint-catalog");
        Client = new CheckpointClient(ClientActor, Catalog, system.WhenTerminated);
    }

    /// <summary>The commented defaults of this package.</summary>
    public static Config DefaultConfig { get; } = ConfigurationFactory.FromResource<RetainCheckpoints>("RetainActors.reference.conf");

    /// <summary>Takes every <see cref="ICheckpointCommand"/> and keeps its deadline: the address for actors.</summary>
    public IActorRef ClientActor { get; }

    /// <summary>The same for code that is no actor.</summary>
    public ICheckpointClient Client { get; }

    /// <summary>Routes requests to the actors of their keys; asked directly, it keeps no deadline.</summary>
    public IActorRef Region { get; }

    /// <summary>Takes <see cref="CatalogProtocol.ListCheckpoints"/> and keeps its deadline.</summary>
    public IActorRef Catalog { get; }

    /// <summary>The checkpoints of a system.</summary>
    public static RetainCheckpoints Get(ActorSystem system) => system.WithExtension<RetainCheckpoints, Provider>();

    /// <summary>How the requests of this node are served.</summary>
    internal Task<CheckpointsStatus> InspectAsync(CancellationToken cancellationToken)
    {
        var completion = new TaskCompletionSource<CheckpointsStatus>(TaskCreationOptions.RunContinuationsAsynchronously);
        ClientActor.Tell(new CheckpointClientActor.Inspect(completion));
        return completion.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Makes the extension; named in <c>akka.extensions</c> to start it with the system.</summary>
    public sealed class Provider : ExtensionIdProvider<RetainCheckpoints>
    {
        /// <inheritdoc/>
        public override RetainCheckpoints CreateExtension(ExtendedActorSystem system) => new(system);
    }
}
