using Akka.Actor;
using RetainActors.Checkpoints;
using RetainActors.Cluster.Postgres;
using RetainActors.Cluster.Wire;

namespace RetainActors.Cluster.Sharding;

/// <summary>Spreads the keys over a cluster. Named by <c>retain.checkpoint.region</c>; refuses to start on a database that is no fence.</summary>
internal sealed class ShardedCheckpointRegion : ICheckpointRegion
{
    /// <summary>Part of the names of the shards: the same on every node.</summary>
    private const string TypeName = "retain-checkpoint";

    public IActorRef Start(ExtendedActorSystem system, CheckpointSettings settings)
    {
        RetainCluster.AddDefaults(system);
        var cluster = ClusterSettings.From(system.Settings.Config);
        JournalFence.Check(JournalTables.From(system.Settings.Config, settings.JournalPluginId), cluster.CreateTables);
        system.SystemActorOf(QuarantineWatchActor.Props, "retain-quarantine-watch");
        var shards = Shards.Start(
            system, cluster.Role, TypeName, remembered: false,
            _ => CheckpointEntityActor.PropsFor(settings), new CheckpointExtractor(cluster.NumberOfShards), CheckpointActor.Stop.Instance);
        return system.SystemActorOf(
            CheckpointGateActor.PropsFor(shards, WireLimit.MaxMessageBytes(system.Settings.Config)), "retain-checkpoint-region");
    }
}
