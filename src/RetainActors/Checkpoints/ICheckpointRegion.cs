using Akka.Actor;
using Akka.Configuration;

namespace RetainActors.Checkpoints;

/// <summary>Starts what routes requests to the actors of their keys: on this node, or over a cluster.</summary>
internal interface ICheckpointRegion
{
    /// <summary>Starts it; the reference takes <see cref="CheckpointRequest"/> and <see cref="ICheckpointCommand"/>.</summary>
    IActorRef Start(ExtendedActorSystem system, CheckpointSettings settings);
}

/// <summary>All keys on this node.</summary>
internal sealed class LocalCheckpointRegion : ICheckpointRegion
{
    public IActorRef Start(ExtendedActorSystem system, CheckpointSettings settings) =>
        system.SystemActorOf(CheckpointRegionActor.PropsFor(settings), "retain-checkpoint-region");
}

/// <summary>What local and sharded regions agree on.</summary>
internal static class CheckpointRouting
{
    /// <summary>The entity that a message is for; null when it is none of ours.</summary>
    public static string? EntityIdOf(object message) =>
        message is CheckpointRequest or ICheckpointCommand ? ((IWithCheckpointKey)message).Key.PersistenceId : null;

    /// <summary>The region that <c>retain.checkpoint.region</c> names.</summary>
    /// <exception cref="ConfigurationException">The name is no region.</exception>
    public static ICheckpointRegion RegionNamed(string name)
    {
        if (name == "local") return new LocalCheckpointRegion();
        return Type.GetType(name) is { } type && typeof(ICheckpointRegion).IsAssignableFrom(type)
            ? (ICheckpointRegion)Activator.CreateInstance(type)!
            : throw new ConfigurationException(
                $"retain.checkpoint.region must be local or the class of a region, whose assembly is there; it is '{name}'.");
    }
}
