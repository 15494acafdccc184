using Akka.Actor;
using Akka.Cluster.Sharding;
using RetainActors.Checkpoints;

namespace RetainActors.Cluster.Sharding;

/// <summary>
/// The entity of one key: the local region, with the one key that its shard sends. So a key recovers, rests, passivates and is
/// answered for in a cluster as it is on one node. The shard stops it by <see cref="CheckpointActor.Stop"/>.
/// </summary>
internal sealed class CheckpointEntityActor(CheckpointSettings settings) : CheckpointRegionActor(settings)
{
    public static Props PropsFor(CheckpointSettings settings) => Props.Create(() => new CheckpointEntityActor(settings));

    /// <summary>The shard keeps what comes until the entity is gone.</summary>
    protected override void OnEmpty() => Context.Parent.Tell(new Passivate(CheckpointActor.Stop.Instance));
}
