using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Checkpoints;

/// <summary>
/// Checkpoints for code that is no actor. Every call ends within <c>retain.checkpoint.client.request-timeout</c>, and with the
/// actor system when that ends first; a cancelled token stops the waiting, not the request. Failures are <see cref="CheckpointException"/>s.
/// </summary>
public interface ICheckpointClient
{
    /// <summary>Saves a context and returns its revision once it is durable.</summary>
    /// <exception cref="SaveRefusedException">The save was surely not stored.</exception>
    /// <exception cref="SaveUnknownException">The save may have landed; send it again with the same save id.</exception>
    Task<long> SaveAsync(
        RetainContext context, Guid? saveId = null, long? expectedRevision = null, long? epoch = null, CancellationToken cancellationToken = default);

    /// <summary>The revision that a save of this id got; null when it is not among the last 64 accepted requests of the key.</summary>
    /// <exception cref="CheckpointUnavailableException">The journal failed or did not answer in time.</exception>
    Task<long?> FindSaveAsync(CheckpointKey key, Guid saveId, CancellationToken cancellationToken = default);

    /// <summary>Loads the latest checkpoint; null when the key has none.</summary>
    /// <exception cref="CheckpointUnreadableException">The checkpoint is damaged, or newer than this version.</exception>
    /// <exception cref="CheckpointUnavailableException">The journal failed or did not answer in time.</exception>
    Task<Loaded?> LoadAsync(CheckpointKey key, CancellationToken cancellationToken = default);

    /// <summary>Loads a checkpoint as it was at a revision; null when that revision is not stored. Without a revision the latest.</summary>
    /// <exception cref="CheckpointUnreadableException">The checkpoint was damaged then, or newer than this version.</exception>
    /// <exception cref="CheckpointUnavailableException">The journal failed or did not answer in time.</exception>
    Task<Loaded?> LoadAsync(CheckpointKey key, long? revision, CancellationToken cancellationToken = default);

    /// <summary>Deletes the checkpoint and says whether there was one. Can be repeated.</summary>
    /// <exception cref="CheckpointUnavailableException">The journal failed or did not answer in time; send it again.</exception>
    Task<bool> DeleteAsync(CheckpointKey key, CancellationToken cancellationToken = default);

    /// <summary>The stored revisions of a key since it was last deleted, newest first; empty when it has none.</summary>
    /// <param name="key">The key.</param>
    /// <param name="before">Only revisions below this one, such as <see cref="HistoryPage.Before"/> of the page before.</param>
    /// <param name="limit">The most revisions of a page, from 1 to <see cref="History.MaxLimit"/>.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <exception cref="CheckpointUnavailableException">The journal failed or did not answer in time.</exception>
    Task<HistoryPage> HistoryAsync(CheckpointKey key, long? before = null, int limit = 100, CancellationToken cancellationToken = default);

    /// <summary>Makes an earlier revision the checkpoint again and returns the new revision; every earlier owner is fenced out.</summary>
    /// <exception cref="SaveRefusedException">Nothing was stored, as when the revision is not there.</exception>
    /// <exception cref="SaveUnknownException">It may have been stored; send it again with the same save id.</exception>
    Task<long> RewindAsync(CheckpointKey key, long revision, Guid? saveId = null, CancellationToken cancellationToken = default);

    /// <summary>Stores a copy of another key's checkpoint and returns its revision.</summary>
    /// <param name="from">The key to copy from; it is not changed.</param>
    /// <param name="to">The key to copy to.</param>
    /// <param name="revision">The revision to copy; null for the latest.</param>
    /// <param name="saveId">Makes the request repeatable.</param>
    /// <param name="expectedRevision">Where the key to copy to must be; 0 means that it must not exist.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <exception cref="SaveRefusedException">Nothing was stored, as when there is nothing to copy or the target exists.</exception>
    /// <exception cref="SaveUnknownException">It may have been stored; send it again with the same save id.</exception>
    Task<long> CopyAsync(
        CheckpointKey from, CheckpointKey to, long? revision = null, Guid? saveId = null, long expectedRevision = 0,
        CancellationToken cancellationToken = default);

    /// <summary>Applies the configured retention to a key now, or says what it would do.</summary>
    /// <exception cref="CheckpointUnavailableException">The journal failed or did not answer in time.</exception>
    Task<Pruned> PruneAsync(CheckpointKey key, bool dryRun = false, CancellationToken cancellationToken = default);

    /// <summary>Lists checkpoints, a page at a time; no filter at all gives the first ones of all banks.</summary>
    /// <exception cref="ListRefusedException">No list can be given, for a named reason.</exception>
    Task<CatalogProtocol.CheckpointPage> ListAsync(CatalogProtocol.ListCheckpoints? request = null, CancellationToken cancellationToken = default);
}
