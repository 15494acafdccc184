using RetainActors.Checkpoints;
using RetainActors.Runs;

namespace RetainActors.Cluster.Runs;

/// <summary>Tells a run that came to an end from one that was kept from going on: pure.</summary>
internal static class UnservedRun
{
    /// <summary>
    /// Whether this is the end of the run. It is not when its checkpoint still says that it is on its way and a request of it was not served,
    /// by a database or a node that is down, or when an earlier run of the key on this node is still to stop.
    /// </summary>
    public static bool IsOver(RunResult result) => result switch
    {
        { Outcome: RunOutcome.AlreadyRunning } => false,
        { Outcome: RunOutcome.Failed, Context: null or { Status: CheckpointStatus.Running }, Error.Reason: var reason } => IsItsOwn(reason),
        { Outcome: RunOutcome.Refused, Error.Reason: nameof(RefuseReason.Failed) or nameof(RefuseReason.Busy) } => false,
        _ => true,
    };

    /// <summary>What would be so again: the save itself is refused, the checkpoint cannot be read, or the code of the run failed.</summary>
    private static bool IsItsOwn(string reason) => reason is nameof(RefuseReason.TooLarge) or nameof(RefuseReason.Invalid)
        or nameof(RefuseReason.Conflict) or nameof(RefuseReason.Unreadable) or nameof(RefuseReason.StaleEpoch) or "StateFailed" or "StepLimit" or "Crashed";
}
