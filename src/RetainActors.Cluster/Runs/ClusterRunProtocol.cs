using RetainActors.Runs;

namespace RetainActors.Cluster.Runs;

/// <summary>Runs the source of a key, or tells how its run ends when it is on already. Can be sent again.</summary>
internal sealed record RunRequest(CheckpointKey Key);

/// <summary>The run of a key ended.</summary>
internal sealed record RunEnded(RunResult Result);

/// <summary>From the shard: stop after the current save; the run goes on where the shard is next.</summary>
internal sealed class StopRunEntity
{
    public static StopRunEntity Instance { get; } = new();
}
