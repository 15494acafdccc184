using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Checkpoints;

/// <summary>
/// Checkpoints for code that is no actor. Every call ends within <c>retain.checkpoint.client.request-timeout</c>; a
/// cancelled token stops the waiting, not the request. Failures are <see cref="CheckpointException"/>s.
/// </summary>
public interface ICheckpointClient
{
    /// <summary>Saves a context and returns its revision once it is durable.</summary>
    /// <exception cref="SaveRefusedException">The save was surely not stored.</exception>
    /// <exception cref="SaveUnknownException">The save may have landed; send it again with the same save id.</exception>
    Task<long> SaveAsync(
        RetainContext context, Guid? saveId = null, long? expectedRevision = null, long? epoch = null, CancellationToken cancellationToken = default);

    /// <summary>Loads the latest checkpoint; null when the key has none.</summary>
    /// <exception cref="CheckpointUnreadableException">The checkpoint is damaged, or newer than this version.</exception>
    /// <exception cref="CheckpointUnavailableException">The journal failed or did not answer in time.</exception>
    Task<Loaded?> LoadAsync(CheckpointKey key, CancellationToken cancellationToken = default);

    /// <summary>Deletes the checkpoint and says whether there was one. Can be repeated.</summary>
    /// <exception cref="CheckpointUnavailableException">The journal failed or did not answer in time; send it again.</exception>
    Task<bool> DeleteAsync(CheckpointKey key, CancellationToken cancellationToken = default);
}
