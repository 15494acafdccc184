using System.Collections.Immutable;

namespace RetainActors.Checkpoints;

/// <summary>Where a listed checkpoint stands.</summary>
public enum ListedStatus
{
    /// <summary>States remain.</summary>
    Running,

    /// <summary>The last state completed.</summary>
    Completed,

    /// <summary>A state failed.</summary>
    Failed,

    /// <summary>A state failed too often.</summary>
    Parked,

    /// <summary>A record of the key cannot be read.</summary>
    Unreadable,
}

/// <summary>Why a list was not given.</summary>
public enum ListRefuseReason
{
    /// <summary>The request holds a limit out of range or a cursor that is none; sending it again does not help.</summary>
    Invalid,

    /// <summary><c>retain.checkpoint.query-plugin-id</c> names no read journal that can be used.</summary>
    NotConfigured,

    /// <summary>There are more checkpoints than <c>retain.checkpoint.max-listed-keys</c>.</summary>
    TooManyKeys,

    /// <summary>Too many requests wait; send it again later.</summary>
    Busy,

    /// <summary>The read journal failed; the request can be sent again.</summary>
    Unavailable,

    /// <summary>There was no answer within <c>retain.checkpoint.client.request-timeout</c>. What was read until then is kept, so a later request is faster.</summary>
    DeadlineExceeded,
}

/// <summary>A reply of the catalog.</summary>
public interface ICatalogReply;

/// <summary>All messages of the catalog.</summary>
public static class CatalogProtocol
{
    /// <summary>
    /// Lists checkpoints in ordinal order of bank, then source: answered by a <see cref="CheckpointPage"/> that includes everything acknowledged
    /// before it was asked for, or by <see cref="ListRefused"/>. No checkpoint's actor is started for it.
    /// </summary>
    /// <param name="Bank">Only this bank.</param>
    /// <param name="Status">Only those that stand there.</param>
    /// <param name="SavedBefore">Only those that were last saved before.</param>
    /// <param name="Cursor">Go on behind the page that gave this cursor, under the same filters.</param>
    /// <param name="Limit">At most so many, from 1 to <see cref="MaxLimit"/>.</param>
    public sealed record ListCheckpoints(
        string? Bank = null, ListedStatus? Status = null, DateTimeOffset? SavedBefore = null, string? Cursor = null, int Limit = ListCheckpoints.DefaultLimit)
    {
        /// <summary>The largest page.</summary>
        public const int MaxLimit = 10_000;

        /// <summary>The page that is given when no limit is asked for.</summary>
        public const int DefaultLimit = 100;
    }

    /// <summary>Some checkpoints; deleted ones are not among them.</summary>
    /// <param name="Items">The checkpoints.</param>
    /// <param name="NextCursor">Where to go on; null on the last page.</param>
    /// <param name="UnnamedIds">
    /// Persistence ids of long keys without a single readable record, from which the key cannot be told. The same on every page, whatever its filters.
    /// </param>
    public sealed record CheckpointPage(ImmutableArray<ListedCheckpoint> Items, string? NextCursor, ImmutableArray<string> UnnamedIds) : ICatalogReply;

    /// <summary>No list can be given.</summary>
    public sealed record ListRefused(ListRefuseReason Reason, string Detail) : ICatalogReply;
}

/// <summary>One checkpoint of a list, as the headers of its records tell it; their bodies are not read.</summary>
/// <param name="Key">The key.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="CompletedState">The last state that was left with success.</param>
/// <param name="NextState">The state that a resume enters.</param>
/// <param name="Revision">Revision of the key's last record; 0 when none can be read.</param>
/// <param name="Epoch">Epoch of the run that owns the key.</param>
/// <param name="SavedAt">When it was last saved; null when that cannot be read.</param>
/// <param name="Problem">What cannot be read; null when all can.</param>
public sealed record ListedCheckpoint(
    CheckpointKey Key, ListedStatus Status, string? CompletedState, string? NextState, long Revision, long Epoch, Timestamp? SavedAt, string? Problem);
