using Akka.Actor;
using Akka.Cluster.Sharding;

namespace RetainActors.Cluster.Sharding;

/// <summary>How checkpoints and runs are spread alike.</summary>
internal static class Shards
{
    /// <summary>
    /// Starts the shards of a type on this node. The coordinator's state is made anew by asking the nodes; entities passivate by
    /// themselves, which a shard cannot judge.
    /// </summary>
    public static IActorRef Start(
        ActorSystem system, string? role, string typeName, bool remembered, Func<string, Props> entity, IMessageExtractor extractor, object stop)
    {
        var sharding = ClusterSharding.Get(system);
        var settings = ClusterShardingSettings.Create(system).WithRole(role).WithRememberEntities(remembered)
            .WithStateStoreMode(StateStoreMode.DData).WithPassivateIdleAfter(TimeSpan.Zero);
        return sharding.Start(typeName, entity, settings, extractor, sharding.DefaultShardAllocationStrategy(settings), stop);
    }
}
