using Akka.Hosting;
using RetainActors.Checkpoints;

namespace RetainActors.Hosting;

/// <summary>
/// The key of the checkpoints in the actor registry: <see cref="IRequiredActor{TActor}"/> of it is the address that takes every
/// <see cref="ICheckpointCommand"/>, keeps its deadline and answers it once.
/// </summary>
public sealed class CheckpointRegion
{
    private CheckpointRegion()
    {
    }
}
