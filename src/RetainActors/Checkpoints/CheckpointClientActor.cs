using System.Diagnostics;
using Akka.Actor;
using Akka.Event;
using RetainActors.Diagnostics;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Checkpoints;

/// <summary>
/// Keeps the deadline of every request, on the asking side, so that it holds wherever the key's actor lives. Requests
/// are sent again while no answer comes, under the same id, so that nothing is done twice.
/// </summary>
internal sealed class CheckpointClientActor(IActorRef region, CheckpointSettings settings) : UntypedActor, IWithTimers
{
    /// <summary>Times are counted in checks, so that neither clock jumps nor a suspended machine shorten them.</summary>
    private static readonly TimeSpan CheckInterval = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<long, Pending> _pending = [];
    private readonly ServiceRecord _service = new();
    private long _lastNumber;
    private long _checks;

    public static Props PropsFor(IActorRef region, CheckpointSettings settings) => ActorProps.From(() => new CheckpointClientActor(region, settings));

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ICheckpointCommand command:
                var asker = Sender;
                Begin(command, command.Trace, reply => asker.Tell(reply, Self));
                break;
            case Call call:
                Begin(call.Command, call.Trace, reply => call.Completion.TrySetResult(reply));
                break;
            case CheckpointResponse response when _pending.TryGetValue(response.Number, out var pending):
                OnResponse(response.Number, pending, response.Reply);
                break;
            case CheckpointResponse:
                break; // the second answer to a request that was sent twice
            case Inspect inspect:
                inspect.Completion.TrySetResult(Status());
                break;
            case Check:
                CheckTimes();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void PostStop()
    {
        foreach (var pending in _pending.Values)
            Answer(pending, WaitingRequest.UnknownReply(pending.Command, "Stopped", "the checkpoint client was stopped"));
    }

    private void Begin(ICheckpointCommand command, ActivityContext caller, Action<ICheckpointReply> answer)
    {
        var measured = CheckpointTelemetry.Begin(command, caller);
        command = CheckpointCommand.Under(Repeatable(command), measured.Span?.Context ?? caller);
        var pending = new Pending(command, measured, answer, _checks + ChecksIn(settings.RequestTimeout));
        _pending.Add(++_lastNumber, pending);
        // Before anybody can know of the request: its time begins now.
        if (!Timers.IsTimerActive(Check.Instance)) Timers.StartPeriodicTimer(Check.Instance, Check.Instance, CheckInterval);
        Send(_lastNumber, pending);
    }

    /// <summary>The request with an id, so that it can be sent again without being done twice.</summary>
    private static ICheckpointCommand Repeatable(ICheckpointCommand command) => command switch
    {
        Save { SaveId: null } save => save with { SaveId = Guid.NewGuid() },
        Claim { ClaimId: null } claim => claim with { ClaimId = Guid.NewGuid() },
        Delete { DeleteId: null } delete => delete with { DeleteId = Guid.NewGuid() },
        Rewind { SaveId: null } rewind => rewind with { SaveId = Guid.NewGuid() },
        Copy { SaveId: null } copy => copy with { SaveId = Guid.NewGuid() },
        _ => command,
    };

    private void OnResponse(long number, Pending pending, ICheckpointReply reply)
    {
        pending.CopiesUnderWay--;
        switch (reply)
        {
            case SaveUnknown:
                // Sent again at the next check: the save id brings out the one truth.
                pending.MayHaveLanded = true;
                pending.ResendAt = _checks;
                return;
            case var failed when failed is SaveRefused { Reason: RefuseReason.Busy } || (settings.RetryFailures && MayPass(failed)):
                pending.LastFailure = failed;
                pending.ResendAt = _checks;
                return;
            case SaveRefused or ClaimRefused or Deleted { Existed: false } when pending.CopiesUnderWay > 0:
                // A copy sent later may meet another state and be done after all: its answer is the last word.
                pending.ResendAt = pending.Deadline;
                return;
            case SaveRefused { Reason: RefuseReason.Failed } refused when pending.MayHaveLanded:
                reply = WaitingRequest.UnknownReply(pending.Command, "Unresolved", refused.Detail);
                break;
        }

        _pending.Remove(number);
        Answer(pending, reply);
    }

    private void Answer(Pending pending, ICheckpointReply reply)
    {
        settings.Telemetry.End(pending.Measured, pending.Command, reply);
        _service.Take(pending.Command, reply, Now);
        pending.Answer(reply);
    }

    private CheckpointsStatus Status()
    {
        // Numbers count up, so the smallest is the oldest.
        var oldest = _pending.Count == 0 ? null : _pending[_pending.Keys.Min()];
        var age = oldest is null ? TimeSpan.Zero : CheckInterval * (_checks + ChecksIn(settings.RequestTimeout) - oldest.Deadline);
        return new CheckpointsStatus(
            _pending.Count, oldest?.Command.Key, age, _service.FailuresInRow, _service.LastFailure, _service.AgeOfLastFailure(Now));
    }

    private static TimeSpan Now => Context.System.Scheduler.MonotonicClock;

    private void CheckTimes()
    {
        _checks++;
        foreach (var (number, pending) in _pending.ToArray())
        {
            if (_checks >= pending.Deadline)
            {
                _pending.Remove(number);
                Answer(pending, AtDeadline(pending));
            }
            else if (_checks >= pending.ResendAt)
            {
                Send(number, pending);
            }
        }

        if (_pending.Count == 0) Timers.Cancel(Check.Instance);
    }

    /// <summary>Whether the request may succeed when it is sent again a little later.</summary>
    private static bool MayPass(ICheckpointReply reply) => reply switch
    {
        SaveRefused { Reason: RefuseReason.Failed } => true,
        ClaimRefused { Reason: RefuseReason.Failed or RefuseReason.Busy } => true,
        Unavailable unavailable => !FailureName.NamesDamage(unavailable.Reason),
        _ => false,
    };

    /// <summary>What is known when the time is over: the last failure, if nothing that was sent can have been stored.</summary>
    private ICheckpointReply AtDeadline(Pending pending) =>
        pending is { LastFailure: { } failure, MayHaveLanded: false, CopiesUnderWay: 0 }
            ? failure
            : WaitingRequest.UnknownReply(pending.Command, "DeadlineExceeded", $"no answer within {settings.RequestTimeout.TotalSeconds} s");

    /// <summary>One more than fit: the first check may come at once.</summary>
    private static long ChecksIn(TimeSpan time) => (long)Math.Ceiling(time / CheckInterval) + 1;

    private void Send(long number, Pending pending)
    {
        pending.CopiesUnderWay++;
        pending.ResendAt = _checks + ChecksIn(settings.ResendInterval);
        region.Tell(new CheckpointRequest(number, pending.Command));
    }

    /// <summary>A request of code that is no actor; its task completes with the reply.</summary>
    internal sealed record Call(ICheckpointCommand Command, TaskCompletionSource<ICheckpointReply> Completion, ActivityContext Trace)
        : INoSerializationVerificationNeeded;

    /// <summary>Asks how requests are served.</summary>
    internal sealed record Inspect(TaskCompletionSource<CheckpointsStatus> Completion) : INoSerializationVerificationNeeded;

    private sealed class Pending(ICheckpointCommand command, MeasuredRequest measured, Action<ICheckpointReply> answer, long deadline)
    {
        public ICheckpointCommand Command { get; } = command;

        public MeasuredRequest Measured { get; } = measured;

        public Action<ICheckpointReply> Answer { get; } = answer;

        public long Deadline { get; } = deadline;

        public long ResendAt { get; set; }

        /// <summary>How often it was sent and not answered yet.</summary>
        public int CopiesUnderWay { get; set; }

        public ICheckpointReply? LastFailure { get; set; }

        /// <summary>Whether a copy was answered so that nobody knows.</summary>
        public bool MayHaveLanded { get; set; }
    }

    private sealed class Check : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static Check Instance { get; } = new();
    }
}
