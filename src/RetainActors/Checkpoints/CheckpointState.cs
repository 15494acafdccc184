using System.Collections.Immutable;
using System.Text.Json;
using RetainActors.Json;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Checkpoints;

/// <summary>Why the stored checkpoint of a key cannot be served.</summary>
internal sealed record Damage(string Detail, int? NewerVersion, long? LastGoodRevision);

/// <summary>The durable state of one key. Immutable; changed by applying records, in order of their revisions.</summary>
internal sealed record CheckpointState(CheckpointKey Key)
{
    /// <summary>Sequence number of the key's last record; 0 before the first.</summary>
    public long Revision { get; init; }

    /// <summary>Number of the run that owns the key; grows with claims, rewinds and deletions.</summary>
    public long Epoch { get; init; }

    /// <summary>Whether a claimed run has not saved its end yet.</summary>
    public bool ClaimOpen { get; init; }

    /// <summary>The latest context; null when there is none, or when it is damaged.</summary>
    public RetainContext? Context { get; init; }

    public Timestamp? SavedAt { get; init; }

    /// <summary>Revision of <see cref="Context"/>.</summary>
    public long ContextRevision { get; init; }

    public ImmutableArray<BranchResult> Branches { get; init; } = [];

    public RecentRequests RecentRequests { get; init; } = RecentRequests.None;

    public Damage? Damage { get; init; }

    /// <summary>Revision of the newest tombstone; what is not newer is gone. 0 when the key was never deleted.</summary>
    public long DeletedAt { get; init; }

    /// <summary>What is stored of the key.</summary>
    public StoredRecords Stored { get; init; } = StoredRecords.None;

    public bool Exists => Context is not null || Damage is not null;

    /// <summary>The base that a record with this context would carry.</summary>
    public BaseContent BaseWith(RetainContext context) =>
        new(context, ClaimOpen && context.Status == CheckpointStatus.Running, BranchesAfter(context), RecentRequests);

    /// <summary>The tombstone of the key.</summary>
    public BaseContent Tombstone() => new(Context: null, ClaimOpen: false, [], RecentRequests);

    /// <summary>The state after a base record; nothing of the state before is needed for it.</summary>
    public CheckpointState AfterBase(CheckpointRecord record, long revision, BaseContent content) => new(Key)
    {
        Revision = revision,
        Epoch = record.Header.Epoch,
        ClaimOpen = content.ClaimOpen,
        Context = content.Context,
        ContextRevision = revision,
        SavedAt = record.Header.SavedAt,
        Branches = content.Branches,
        RecentRequests = Remember(content.Accepted, record, revision),
        DeletedAt = content.Context is null ? revision : DeletedAt,
        Stored = Stored.WithBase(revision, record.Size),
    };

    /// <summary>The state after a save whose record is no base.</summary>
    public CheckpointState AfterSave(CheckpointRecord record, long revision, RetainContext context) => After(record, revision) with
    {
        Context = context,
        ContextRevision = revision,
        SavedAt = record.Header.SavedAt,
        ClaimOpen = ClaimOpen && context.Status == CheckpointStatus.Running,
        Branches = BranchesAfter(context),
        Damage = null,
    };

    public CheckpointState AfterBranch(CheckpointRecord record, long revision, ContextDelta delta) => After(record, revision) with
    {
        Branches = Branches.Add(new BranchResult(record.Header.Fork!, record.Header.Visit ?? 0, record.Header.Branch!, delta, revision)),
    };

    public CheckpointState AfterClaim(CheckpointRecord record, long revision) => After(record, revision) with { Epoch = record.Header.Epoch, ClaimOpen = true };

    /// <summary>The state after an event that was read back. Damage becomes part of the state; it never throws.</summary>
    public CheckpointState Replay(ICheckpointEvent stored, long revision)
    {
        if (stored is UnreadableRecord unreadable) return Damaged(revision, unreadable.Problem, unreadable.NewerVersion);
        var record = (CheckpointRecord)stored;
        var header = record.Header;
        if (header.Bank != Key.Bank || header.Source != Key.Source)
            return Damaged(revision, $"revision {revision} belongs to {header.Bank}/{header.Source}", null);
        if (header.SchemaVersion > ContextJson.SchemaVersion)
            return Damaged(revision, $"revision {revision} has schema version {header.SchemaVersion}", header.SchemaVersion);
        // Built on what is damaged, so there is nothing to build it on.
        if (Damage is not null && header.Encoding == BodyEncoding.Delta) return After(record, revision);
        return RecordReplay.Next(this, record, revision, out var problem) ?? Damaged(revision, $"revision {revision}: {problem}", null);
    }

    /// <summary>The reply that an accepted request gets once its record is durable.</summary>
    public ICheckpointReply ReplyTo(RecordHeader header, long revision) => header.Kind switch
    {
        RecordKind.Claim => new Claimed(Key, header.Epoch, revision),
        RecordKind.Delete => new Deleted(Key, revision, header.Existed == true),
        _ => new Saved(Key, revision),
    };

    /// <summary>The body of a branch or a delta record.</summary>
    public static byte[] EncodeDelta(ContextDelta delta) => JsonSerializer.SerializeToUtf8Bytes(delta, CheckpointJson.Stored.ContextDelta);

    /// <summary>What every record does.</summary>
    private CheckpointState After(CheckpointRecord record, long revision) => this with
    {
        Revision = revision,
        RecentRequests = Remember(RecentRequests, record, revision),
        Stored = Stored.With(revision, record.Size),
    };

    /// <summary>Branch results outlive a save of the same visit of their fork, as when a sibling failed.</summary>
    private ImmutableArray<BranchResult> BranchesAfter(RetainContext context) => Branches.IsEmpty
        ? Branches
        : [.. Branches.Where(branch => context.CompletedState == branch.ForkState && context.VisitsOf(branch.ForkState) == branch.Visit)];

    private RecentRequests Remember(RecentRequests requests, CheckpointRecord record, long revision) => record.Header.SaveId is { } id
        ? requests.With(new AcceptedRequest(id, record.Header.Digest ?? ContentDigest.Of(record.Body), ReplyTo(record.Header, revision)))
        : requests;

    private CheckpointState Damaged(long revision, string detail, int? newerVersion) => this with
    {
        Revision = revision,
        Context = null,
        Branches = [],
        Damage = new Damage(detail, newerVersion, Damage?.LastGoodRevision ?? (Context is null ? null : ContextRevision)),
        Stored = Stored.With(revision, 0),
    };
}
