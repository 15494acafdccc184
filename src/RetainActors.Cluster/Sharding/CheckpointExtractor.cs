using Akka.Cluster.Sharding;
using RetainActors.Checkpoints;

namespace RetainActors.Cluster.Sharding;

/// <summary>Tells the shards which key a message is for, as the local region does.</summary>
internal sealed class CheckpointExtractor(int numberOfShards) : HashCodeMessageExtractor(numberOfShards)
{
    public override string? EntityId(object message) => CheckpointRouting.EntityIdOf(message);
}
