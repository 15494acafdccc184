namespace RetainActors.Checkpoints;

/// <summary>What happens to the checkpoint of a run that completed.</summary>
internal enum OnSuccess
{
    Keep,
    Delete,
    Expire,
}

/// <summary>How long the records of a key are kept. Pure; the defaults and their meaning stand in <c>reference.conf</c>.</summary>
/// <param name="KeepRevisions">The fewest newest revisions to keep; null for all.</param>
/// <param name="OnSuccess">What happens after success.</param>
/// <param name="ExpireAfter">The age at which a completed checkpoint expires.</param>
internal sealed record RetentionPolicy(int? KeepRevisions, OnSuccess OnSuccess, TimeSpan ExpireAfter)
{
    /// <summary>Whether the checkpoint's time is over. That of a run that goes on, failed or is parked never is.</summary>
    public bool IsOver(CheckpointState state, DateTimeOffset now) =>
        state.Context?.Status == CheckpointStatus.Completed
        && !state.ClaimOpen
        && (OnSuccess == OnSuccess.Delete || (OnSuccess == OnSuccess.Expire && now - state.SavedAt!.Instant >= ExpireAfter));

    /// <summary>
    /// The oldest revision to keep, always a base: the newest one that still has <see cref="KeepRevisions"/> revisions from it on.
    /// </summary>
    public long FirstKept(CheckpointState state)
    {
        var stored = state.Stored;
        // A tombstone carries all that is left of its key, and nothing deleted is kept.
        var newestAllowed = KeepRevisions is { } keep ? Math.Max(state.Revision - keep + 1, state.DeletedAt) : state.DeletedAt;
        var index = stored.Bases.FindLastIndex(known => known <= newestAllowed);
        return index < 0 ? stored.First : Math.Max(stored.First, stored.Bases[index]);
    }
}
