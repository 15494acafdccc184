using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Checkpoints;

/// <summary>Counts the answers in a row that say that the journal does not serve. Pure but for its state; times are the caller's.</summary>
internal sealed class ServiceRecord
{
    private bool _lastWasAWrite;
    private TimeSpan _failedAt;

    /// <summary>Failures since the last success.</summary>
    public int FailuresInRow { get; private set; }

    /// <summary>The last of them; null when there is none.</summary>
    public string? LastFailure { get; private set; }

    /// <summary>Takes an answer. What a full disk still serves, a load, does not make up for a save that failed.</summary>
    public void Take(ICheckpointCommand command, ICheckpointReply reply, TimeSpan now)
    {
        var isWrite = command is ISaveCommand or Claim or Delete;
        if (FailureIn(reply) is { } failure)
        {
            FailuresInRow++;
            (LastFailure, _failedAt, _lastWasAWrite) = (failure, now, isWrite || _lastWasAWrite);
        }
        else if (reply is Saved or Claimed or Deleted or Loaded or NotFound && (isWrite || !_lastWasAWrite))
        {
            (FailuresInRow, LastFailure, _lastWasAWrite) = (0, null, false);
        }
    }

    public TimeSpan AgeOfLastFailure(TimeSpan now) => LastFailure is null ? TimeSpan.Zero : now - _failedAt;

    /// <summary>What the journal, or the way to it, is to blame for; null for every other answer.</summary>
    private static string? FailureIn(ICheckpointReply reply) => reply switch
    {
        SaveUnknown unknown => unknown.Detail,
        SaveRefused { Reason: RefuseReason.Failed } refused => refused.Detail,
        ClaimRefused { Reason: RefuseReason.Failed } refused => refused.Detail,
        Unavailable { Reason: nameof(RefuseReason.Busy) or nameof(RefuseReason.TooLarge) } => null,
        Unavailable unavailable when !FailureName.NamesDamage(unavailable.Reason) => $"{unavailable.Reason}: {unavailable.Detail}",
        _ => null,
    };
}
