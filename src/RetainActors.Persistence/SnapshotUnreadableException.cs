namespace RetainActors.Persistence;

/// <summary>
/// There are snapshots of the id, but none could be turned back into an object. The recovery that meets it fails unless the
/// plugin's <c>snapshot-is-optional</c> is on; the store never acts as if there had been none.
/// </summary>
public sealed class SnapshotUnreadableException : Exception
{
    internal SnapshotUnreadableException(string persistenceId, string detail, Exception? cause = null)
        : base($"The snapshot of '{persistenceId}' cannot be read: {detail}", cause) => PersistenceId = persistenceId;

    /// <summary>The persistent actor the snapshot belongs to.</summary>
    public string PersistenceId { get; }
}
