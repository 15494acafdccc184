using System.Collections.Immutable;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Checkpoints;

/// <summary>Which records to read again to decide a request: those of a key up to a revision.</summary>
internal sealed record PastQuery(CheckpointKey Key, long UpTo);

/// <summary>The records of a key up to a revision, folded: what it was then, and how it came to be so.</summary>
internal sealed class CheckpointPast(CheckpointKey key)
{
    private readonly List<RevisionInfo> _revisions = [];

    /// <summary>The state at the last record that was read.</summary>
    public CheckpointState State { get; private set; } = new(key);

    /// <summary>Takes the next record.</summary>
    public void Add(ICheckpointEvent stored, long revision)
    {
        State = State.Replay(stored, revision);
        if (State.DeletedAt == revision) _revisions.Clear();
        else _revisions.Add(InfoOf(stored, revision));
    }

    /// <summary>The newest revisions, newest first, with the cursor of the next page.</summary>
    public HistoryPage Page(int limit)
    {
        var count = Math.Min(Math.Clamp(limit, 1, History.MaxLimit), _revisions.Count);
        var page = ImmutableArray.CreateBuilder<RevisionInfo>(count);
        for (var i = _revisions.Count - 1; page.Count < count; i--) page.Add(_revisions[i]);
        return new HistoryPage(key, page.MoveToImmutable(), count < _revisions.Count ? _revisions[^count].Revision : null);
    }

    private RevisionInfo InfoOf(ICheckpointEvent stored, long revision)
    {
        // What the state calls damaged at this very record: a body that is unreadable, or foreign, or too new.
        var problem = State.Damage is { } damage && State.ContextRevision != revision ? damage.Detail : null;
        if (stored is not CheckpointRecord { Header: var header } record)
            return new RevisionInfo(revision, RevisionKind.Unreadable, State.Epoch, null, Problem: problem);
        return new RevisionInfo(
            revision, problem is null ? KindOf(header) : RevisionKind.Unreadable, header.Epoch, header.SavedAt, header.Status, header.CompletedState,
            header.NextState, header.Branch, header.RewoundTo, header.CopiedFrom, record.Size, problem);
    }

    private static RevisionKind KindOf(RecordHeader header) => header switch
    {
        { RewoundTo: not null } => RevisionKind.Rewind,
        { CopiedFrom: not null } => RevisionKind.Copy,
        { Kind: RecordKind.Branch } => RevisionKind.Branch,
        { Kind: RecordKind.Claim } => RevisionKind.Claim,
        _ => RevisionKind.Save,
    };
}
