using System.Collections.Immutable;
using System.Text.Json;
using RetainActors.Json;

namespace RetainActors.Checkpoints;

/// <summary>Why the stored checkpoint of a key cannot be served.</summary>
internal sealed record Damage(string Detail, int? NewerVersion, long? LastGoodRevision);

/// <summary>The durable state of one key. Immutable; changed by applying records, in order of their revisions.</summary>
internal sealed record CheckpointState(CheckpointKey Key)
{
    /// <summary>Sequence number of the key's last record; 0 before the first.</summary>
    public long Revision { get; init; }

    /// <summary>Number of the run that owns the key; grows with claims and deletions.</summary>
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

    public bool Exists => Context is not null || Damage is not null;

    /// <summary>The state after a record that this process encoded itself, whose context is at hand.</summary>
    public CheckpointState Apply(CheckpointRecord record, long revision, RetainContext? context = null, ContextDelta? delta = null) =>
        record.Header.Kind switch
        {
            RecordKind.Save => AfterSave(record, revision, context!),
            RecordKind.Branch => AfterBranch(record, revision, delta!),
            RecordKind.Claim => this with
            {
                Revision = revision, Epoch = record.Header.Epoch, ClaimOpen = true, RecentRequests = Remember(record, revision),
            },
            RecordKind.Delete => new CheckpointState(Key)
            {
                Revision = revision, Epoch = record.Header.Epoch, RecentRequests = Remember(record, revision),
            },
            var kind => throw new InvalidOperationException($"Record kind {kind} is not known."),
        };

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

        string? problem = null;
        var context = header.Kind == RecordKind.Save ? ContextJson.Decode(record.Body.Span, out problem) : null;
        var delta = header.Kind == RecordKind.Branch ? DecodeDelta(record.Body.Span, out problem) : null;
        if (context is not null && context.Key != Key) problem = $"its body belongs to {context.Key}";
        if (header.Kind == RecordKind.Branch && (header.Fork is null || header.Branch is null)) problem = "its header names no branch";
        return problem is null ? Apply(record, revision, context, delta) : Damaged(revision, $"revision {revision}: {problem}", null);
    }

    /// <summary>The reply that an accepted request gets once its record is durable.</summary>
    public ICheckpointReply ReplyTo(RecordHeader header, long revision) => header.Kind switch
    {
        RecordKind.Claim => new CheckpointProtocol.Claimed(Key, header.Epoch, revision),
        RecordKind.Delete => new CheckpointProtocol.Deleted(Key, revision, header.Existed == true),
        _ => new CheckpointProtocol.Saved(Key, revision),
    };

    /// <summary>The body of a branch record and back.</summary>
    public static byte[] EncodeDelta(ContextDelta delta) => JsonSerializer.SerializeToUtf8Bytes(delta, CheckpointJson.Stored.ContextDelta);

    private static ContextDelta? DecodeDelta(ReadOnlySpan<byte> body, out string? problem)
    {
        problem = null;
        try
        {
            var delta = JsonSerializer.Deserialize(body, CheckpointJson.Stored.ContextDelta);
            if (delta is null) problem = "the body is the JSON value null";
            return delta;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            problem = e.Message;
            return null;
        }
    }

    private CheckpointState AfterSave(CheckpointRecord record, long revision, RetainContext context) => this with
    {
        Revision = revision,
        Context = context,
        ContextRevision = revision,
        SavedAt = record.Header.SavedAt,
        ClaimOpen = ClaimOpen && context.Status == CheckpointStatus.Running,
        // Branch results outlive a save of the same visit of their fork, as when a sibling failed.
        Branches = [.. Branches.Where(branch => context.CompletedState == branch.ForkState && context.VisitsOf(branch.ForkState) == branch.Visit)],
        RecentRequests = Remember(record, revision),
        Damage = null,
    };

    private CheckpointState AfterBranch(CheckpointRecord record, long revision, ContextDelta delta) => this with
    {
        Revision = revision,
        Branches = Branches.Add(new BranchResult(record.Header.Fork!, record.Header.Visit ?? 0, record.Header.Branch!, delta, revision)),
        RecentRequests = Remember(record, revision),
    };

    private RecentRequests Remember(CheckpointRecord record, long revision) => record.Header.SaveId is { } id
        ? RecentRequests.With(new AcceptedRequest(id, RecentRequests.DigestOf(record.Body.Span), ReplyTo(record.Header, revision)))
        : RecentRequests;

    private CheckpointState Damaged(long revision, string detail, int? newerVersion) => this with
    {
        Revision = revision,
        Context = null,
        Branches = [],
        Damage = new Damage(detail, newerVersion, Damage?.LastGoodRevision ?? (Context is null ? null : ContextRevision)),
    };
}
