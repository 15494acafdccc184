namespace RetainActors.Checkpoints;

/// <summary>
/// Folds the records of a key as they are read back, to the same state as <see cref="CheckpointState.Replay"/> one by one. A base
/// needs nothing of the records before it, so the others wait undecoded until it is known that no base follows them.
/// </summary>
internal sealed class RecoveryFold(CheckpointState state)
{
    /// <summary>What waits is held in memory; beyond this it is folded.</summary>
    private const int MaxWaitingBytes = 1024 * 1024;

    /// <summary>What an event takes beside its bytes, so that their number is bounded too.</summary>
    private const int EventBytes = 256;

    private readonly List<(ICheckpointEvent Stored, long Revision)> _waiting = [];
    private CheckpointState _state = state;
    private long _waitingBytes;

    /// <summary>Takes the next record.</summary>
    public void Add(ICheckpointEvent stored, long revision)
    {
        if (stored is CheckpointRecord { Header.Encoding: BodyEncoding.Base } && _state.Replay(stored, revision) is { Damage: null } based)
        {
            _state = based;
            Forget();
            return;
        }

        _waiting.Add((stored, revision));
        _waitingBytes += EventBytes + ((stored as CheckpointRecord)?.Size ?? 0);
        // The first record of all says where the stored ones begin, and of a deletion of version 1, which is no base, the next base tells nothing.
        if (_state.Stored.First == 0 || _waitingBytes > MaxWaitingBytes || stored is CheckpointRecord { Header.Kind: RecordKind.Delete }) Fold();
    }

    /// <summary>The state after all that was taken.</summary>
    public CheckpointState Fold()
    {
        foreach (var (stored, revision) in _waiting) _state = _state.Replay(stored, revision);
        Forget();
        return _state;
    }

    private void Forget()
    {
        _waiting.Clear();
        _waitingBytes = 0;
    }
}
