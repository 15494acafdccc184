using Akka.Actor;
using Akka.Event;
using Akka.Persistence;

namespace RetainActors.Checkpoints;

/// <summary>
/// Owns the checkpoint of one key and serialises its writes. Glue only: the rules are <see cref="CheckpointDecider"/>'s.
/// One journal write is in flight at a time; what waits meanwhile goes together into the next. Every answer is given
/// from durable state.
/// </summary>
internal sealed class CheckpointActor : UntypedPersistentActor, IWithTimers
{
    /// <summary>Times are counted in checks, so that neither clock jumps nor a suspended machine shorten them.</summary>
    private const int ChecksPerTime = 4;

    private readonly CheckpointSettings _settings;
    private readonly Queue<WaitingRequest> _queue = new();
    private CheckpointState _state;
    private WriteBatch? _inFlight;
    private bool _stopping;
    private int _idleChecks;

    public CheckpointActor(CheckpointKey key, CheckpointSettings settings)
    {
        _settings = settings;
        _state = new CheckpointState(key);
        JournalPluginId = settings.JournalPluginId;
        // Base records bound the replay; a snapshot store would only cost a look-up for every recovery.
        SnapshotPluginId = "akka.persistence.no-snapshot-store";
    }

    public static Props PropsFor(CheckpointKey key, CheckpointSettings settings) => Props.Create(() => new CheckpointActor(key, settings));

    public override string PersistenceId => _state.Key.PersistenceId;

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        base.PreStart();
        Timers.StartPeriodicTimer(Check.Instance, Check.Instance, CheckInterval);
    }

    protected override void OnRecover(object message)
    {
        switch (message)
        {
            case ICheckpointEvent stored:
                _state = _state.Replay(stored, LastSequenceNr);
                break;
            case RecoveryCompleted:
                if (_state.Damage is { } damage) Context.GetLogger().Warning("Checkpoint {Key} cannot be read: {Problem}", _state.Key, damage.Detail);
                Context.Parent.Tell(Ready.Instance);
                break;
            default:
                _state = _state.Replay(new UnreadableRecord($"revision {LastSequenceNr} holds a {message.GetType().Name}", null), LastSequenceNr);
                break;
        }
    }

    protected override void OnCommand(object message)
    {
        switch (message)
        {
            case CheckpointRequest or ICheckpointCommand:
                Enqueue(WaitingRequest.From(message, Sender)!);
                break;
            case Check:
                CheckTimes();
                break;
            case Stop:
                _stopping = true;
                StopWhenDone();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        base.OnPersistFailure(cause, @event, sequenceNr);
        AbandonAll(cause, inFlightIsUnknown: true);
    }

    /// <summary>A rejection is treated as a failure: the actor stops, so that its revisions have no gaps.</summary>
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        base.OnPersistRejected(cause, @event, sequenceNr);
        AbandonAll(cause, inFlightIsUnknown: false);
        Context.Stop(Self);
    }

    protected override void OnRecoveryFailure(Exception reason, object? message = null)
    {
        base.OnRecoveryFailure(reason, message);
        Context.Parent.Tell(new RecoveryFailed(reason));
    }

    protected override void PostStop()
    {
        AbandonAll(new ActorKilledException("the checkpoint's actor was stopped"), inFlightIsUnknown: true);
        base.PostStop();
    }

    private void Enqueue(WaitingRequest request)
    {
        _idleChecks = 0;
        if (_queue.Count >= _settings.MaxQueueLength)
        {
            request.AnswerNotDone("Busy", $"{_queue.Count} requests wait for {_state.Key}", Self, RefuseReason.Busy);
            return;
        }

        _queue.Enqueue(request);
        WriteNext();
    }

    /// <summary>Decides what waits, in order, each against the state that the one before leads to, and writes it as one batch.</summary>
    private void WriteNext()
    {
        if (_inFlight is not null || _queue.Count == 0) return;
        var batch = _inFlight = new WriteBatch(_state);
        while (_queue.Count > 0 && batch.SizeBytes < _settings.MaxBatchSizeBytes)
        {
            var request = _queue.Dequeue();
            var inputs = new DecisionInputs(
                LastSequenceNr + batch.Records.Count + 1, Timestamp.From(Context.System.Scheduler.Now), _settings.MaxRecordSizeBytes);
            // Counted in before it is decided: should that throw, it is answered with the rest.
            batch.Add(request);
            batch.Decide(CheckpointDecider.Decide(batch.State, request.Command, inputs));
        }

        if (batch.Records.Count == 0)
        {
            _inFlight = null;
            batch.AnswerAll(Self);
            WriteNext();
            return;
        }

        PersistAllAsync(batch.Records, _ => OnDurable(batch));
    }

    private void OnDurable(WriteBatch batch)
    {
        // The journal calls once per record; the write is atomic, so the last call ends it.
        if (!batch.IsLastCall()) return;
        _inFlight = null;
        _state = batch.State;
        batch.AnswerAll(Self);
        WriteNext();
        StopWhenDone();
    }

    private void CheckTimes()
    {
        _idleChecks = _inFlight is null ? _idleChecks + 1 : 0;
        if (_inFlight is { } batch && ++batch.Checks > ChecksIn(_settings.InFlightTimeout))
        {
            AbandonAll(new TimeoutException($"the journal did not answer within {_settings.InFlightTimeout}"), inFlightIsUnknown: true);
            Context.Stop(Self);
        }
        else if (!_stopping && _settings.PassivateAfter is { } idle && _idleChecks == ChecksIn(idle) + 1)
        {
            Context.Parent.Tell(Passivate.Instance);
        }
    }

    private TimeSpan CheckInterval =>
        (_settings.PassivateAfter is { } idle && idle < _settings.InFlightTimeout ? idle : _settings.InFlightTimeout) / ChecksPerTime;

    private int ChecksIn(TimeSpan time) => (int)Math.Ceiling(time / CheckInterval);

    private void StopWhenDone()
    {
        if (_stopping && _inFlight is null && _queue.Count == 0) Context.Stop(Self);
    }

    private void AbandonAll(Exception cause, bool inFlightIsUnknown)
    {
        var name = FailureName.Of(cause);
        foreach (var request in _inFlight?.Requests ?? [])
        {
            if (inFlightIsUnknown) request.AnswerUnknown(name, cause.Message, Self);
            else request.AnswerNotDone(name, cause.Message, Self);
        }

        _inFlight = null;
        while (_queue.TryDequeue(out var request)) request.AnswerNotDone(name, cause.Message, Self);
    }

    /// <summary>To the parent: recovery is done, requests are welcome.</summary>
    internal sealed class Ready : INoSerializationVerificationNeeded
    {
        public static Ready Instance { get; } = new();
    }

    /// <summary>To the parent: the key is idle; answer with <see cref="Stop"/> once nothing more is sent here.</summary>
    internal sealed class Passivate : INoSerializationVerificationNeeded
    {
        public static Passivate Instance { get; } = new();
    }

    /// <summary>From the parent: stop as soon as everything received so far is answered.</summary>
    internal sealed class Stop : INoSerializationVerificationNeeded
    {
        public static Stop Instance { get; } = new();
    }

    /// <summary>To the parent: the journal could not give the key's records back; the actor stops.</summary>
    internal sealed record RecoveryFailed(Exception Cause) : INoSerializationVerificationNeeded;

    private sealed class Check : INoSerializationVerificationNeeded, IDeadLetterSuppression, INotInfluenceReceiveTimeout
    {
        public static Check Instance { get; } = new();
    }
}
