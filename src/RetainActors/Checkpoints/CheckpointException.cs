namespace RetainActors.Checkpoints;

/// <summary>An expected failure of a checkpoint, thrown to code that is no actor.</summary>
public abstract class CheckpointException(CheckpointKey key, string message) : Exception($"{key}: {message}")
{
    /// <summary>The key.</summary>
    public CheckpointKey Key { get; } = key;
}

/// <summary>The save was surely not stored.</summary>
public sealed class SaveRefusedException(CheckpointKey key, RefuseReason reason, string detail)
    : CheckpointException(key, $"the save was refused ({reason}): {detail}")
{
    /// <summary>Why.</summary>
    public RefuseReason Reason { get; } = reason;
}

/// <summary>The save may have landed: send it again with the same save id.</summary>
public sealed class SaveUnknownException(CheckpointKey key, Guid? saveId, string detail)
    : CheckpointException(key, $"whether the save landed is unknown; send it again with save id {saveId}: {detail}")
{
    /// <summary>The id to send it again with.</summary>
    public Guid? SaveId { get; } = saveId;
}

/// <summary>A checkpoint exists but cannot be read: it is damaged, or a newer version wrote it.</summary>
public sealed class CheckpointUnreadableException(CheckpointKey key, string detail, long? lastGoodRevision = null)
    : CheckpointException(key, detail)
{
    /// <summary>The newest revision that can still be read; null when none is known.</summary>
    public long? LastGoodRevision { get; } = lastGoodRevision;
}

/// <summary>Nothing can be said now: the journal failed or did not answer in time. The request can be sent again.</summary>
public sealed class CheckpointUnavailableException(CheckpointKey key, string reason, string detail)
    : CheckpointException(key, $"{reason}: {detail}")
{
    /// <summary>Stable name of the failure.</summary>
    public string Reason { get; } = reason;
}
