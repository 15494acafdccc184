using Akka.Actor;
using Akka.Event;
using RetainActors.Checkpoints;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Runs;

/// <summary>
/// Sends the requests of one run to its checkpoint, one at a time. What is refused as busy, or may have landed, is sent
/// again with backoff under its own id: the states before it were paid for, so it is worth the wait.
/// </summary>
internal sealed class PatientSender(ITimerScheduler timers, RunEnvironment environment)
{
    private ICheckpointCommand? _request;
    private ICheckpointReply? _refusal;
    private long _since;
    private int _refusals;
    private bool _isHurried;

    public void Send(ICheckpointCommand request)
    {
        (_request, _refusals, _since) = (request, 0, environment.Time.GetTimestamp());
        environment.Checkpoints.Tell(request);
    }

    /// <summary>Takes what concerns sending again; every other message is the run's own.</summary>
    public bool Takes(object message)
    {
        if (message is Resend)
        {
            _refusal = null;
            environment.Checkpoints.Tell(_request);
            return true;
        }

        if (_isHurried || !IsWorthWaiting(message) || environment.Time.GetElapsedTime(_since) >= environment.Settings.BusyTimeout) return false;
        _refusal = (ICheckpointReply)message;
        timers.StartSingleTimer(Resend.Instance, Resend.Instance, environment.Settings.BusyBackoff.After(++_refusals, Random.Shared.NextDouble()));
        return true;
    }

    /// <summary>From now on nothing is waited for. Returns the refusal that was being waited out, for the run to act on; null when there is none.</summary>
    public ICheckpointReply? Hurry()
    {
        _isHurried = true;
        timers.Cancel(Resend.Instance);
        var refusal = _refusal;
        _refusal = null;
        return refusal;
    }

    private static bool IsWorthWaiting(object message) => message
        is SaveRefused { Reason: RefuseReason.Busy } or ClaimRefused { Reason: RefuseReason.Busy } or SaveUnknown
        or Unavailable { Reason: nameof(RefuseReason.Busy) };

    private sealed class Resend : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static Resend Instance { get; } = new();
    }
}
