using Akka.Actor;
using Akka.Event;
using Akka.Persistence;
using RetainActors.Diagnostics;

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
    private readonly RetentionPolicy _retention;
    private readonly DecisionRule _decide;
    private readonly Queue<WaitingRequest> _queue = new();
    private CheckpointState _state;
    private RecoveryFold? _recovery;
    private WriteBatch? _inFlight;
    private bool _stopping;
    private int _idleChecks;

    public CheckpointActor(CheckpointKey key, CheckpointSettings settings, DecisionRule? decide = null)
    {
        _settings = settings;
        _decide = decide ?? CheckpointDecider.Decide;
        _retention = settings.Retention.For(key.Bank);
        _state = new CheckpointState(key);
        JournalPluginId = settings.JournalPluginId;
        // Base records bound the replay; a snapshot store would only cost a look-up for every recovery.
        SnapshotPluginId = "akka.persistence.no-snapshot-store";
    }

    public static Props PropsFor(CheckpointKey key, CheckpointSettings settings, DecisionRule? decide = null) =>
        ActorProps.From(() => new CheckpointActor(key, settings, decide));

    public override string PersistenceId => _state.Key.PersistenceId;

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        base.PreStart();
        ActiveActors.AddCheckpoints(1);
        Timers.StartPeriodicTimer(Check.Instance, Check.Instance, CheckInterval);
    }

    protected override void OnRecover(object message)
    {
        switch (message)
        {
            case RecoveryCompleted:
                EndRecovery();
                if (_state.Damage is { } damage) Context.GetLogger().Warning("Checkpoint {Key} cannot be read: {Problem}", _state.Key, damage.Detail);
                Context.Parent.Tell(Ready.Instance);
                break;
            default:
                _recovery ??= new RecoveryFold(_state);
                _recovery.Add(CheckpointRecord.AsEvent(message, LastSequenceNr), LastSequenceNr);
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
            case PastReaderActor.Done done when _inFlight is { } batch && Sender.Equals(batch.Reader):
                Decide(batch, batch.Requests[0], done.Past);
                Commit(batch);
                break;
            case PastReaderActor.Failed failed when _inFlight is { } batch && Sender.Equals(batch.Reader):
                _inFlight = null;
                batch.Requests[0].AnswerUnreadable(failed.Cause, lastGoodRevision: null, Self);
                GoOn();
                break;
            case DeleteMessagesSuccess removed when _inFlight is { } batch && batch.RemovesTo == removed.ToSequenceNr:
                End(batch);
                break;
            case DeleteMessagesFailure failure when _inFlight is { } batch && batch.RemovesTo == failure.ToSequenceNr:
                _inFlight = null;
                batch.Requests[0].AnswerNotDone(FailureName.Of(failure.Cause), failure.Cause.Message, Self);
                GoOn();
                break;
            case PastReaderActor.Done or PastReaderActor.Failed or DeleteMessagesSuccess:
                break;
            case DeleteMessagesFailure failure:
                // Tried again with the next base; until then the records stay.
                Context.GetLogger().Warning(failure.Cause, "Revisions of {Key} up to {Revision} could not be removed", _state.Key, failure.ToSequenceNr);
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
        EndRecovery();
        Context.Parent.Tell(new RecoveryFailed(reason, _state.Context is null ? _state.Damage?.LastGoodRevision : _state.ContextRevision));
    }

    protected override void PostStop()
    {
        ActiveActors.AddCheckpoints(-1);
        AbandonAll(new ActorKilledException("the checkpoint's actor was stopped"), inFlightIsUnknown: true);
        base.PostStop();
    }

    private void EndRecovery()
    {
        _state = _recovery?.Fold() ?? _state;
        _recovery = null;
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
        // Known from the first request on, so that those that are taken have an answer when a rule throws over a later one.
        var batch = _inFlight = new WriteBatch(_state);
        while (_queue.TryPeek(out var request) && batch.SizeBytes < _settings.MaxBatchSizeBytes)
        {
            // What must read the past, and what waits for a removal, goes alone, after everything before it is durable.
            var isPrune = request.Command is CheckpointProtocol.Prune;
            if (isPrune && batch.Requests.Count > 0) break;
            if (Decide(batch, request) is Decision.Read { Query: var query })
            {
                if (batch.Requests.Count > 0) break;
                batch.Add(Dequeue());
                batch.Reader = Context.ActorOf(PastReaderActor.PropsFor(_settings.JournalPluginId, query));
                return;
            }

            Dequeue();
            if (isPrune) break;
        }

        Commit(batch);
    }

    private WaitingRequest Dequeue()
    {
        var request = _queue.Dequeue();
        _settings.Telemetry.Dequeued(request.QueuedAt, _state.Key);
        return request;
    }

    private Decision Decide(WriteBatch batch, WaitingRequest request, CheckpointPast? past = null)
    {
        var inputs = new DecisionInputs(
            LastSequenceNr + batch.Records.Count + 1, Context.System.Scheduler.Now, _settings.MaxRecordSizeBytes, _retention, past);
        var decision = _decide(batch.State, request.Command, inputs);
        if (decision is not Decision.Read) batch.Take(request, decision);
        return decision;
    }

    private void Commit(WriteBatch batch)
    {
        if (batch.Records.Count == 0)
        {
            OnDone(batch);
            return;
        }

        batch.BeginSpan(_settings.Telemetry, _state.Key);
        PersistAllAsync(batch.Records, _ => OnDurable(batch));
    }

    private void OnDurable(WriteBatch batch)
    {
        // The journal calls once per record; the write is atomic, so the last call ends it.
        if (batch.IsLastCall()) OnDone(batch);
    }

    private void OnDone(WriteBatch batch)
    {
        batch.EndSpan();
        _state = batch.State;
        if (batch.IsPrune && Trim(smallest: 1) is { } removesTo) batch.RemovesTo = removesTo; // answered when that is durable
        else End(batch);
    }

    private void End(WriteBatch batch)
    {
        _inFlight = null;
        batch.AnswerAll(Self);
        if (batch.Records.Count > 0) ApplyRetention();
        GoOn();
    }

    private void GoOn()
    {
        WriteNext();
        StopWhenDone();
    }

    private void ApplyRetention()
    {
        // Deleting at once is for the end of a run; what expires later does so when somebody looks.
        if (_retention.IsOver(_state, Context.System.Scheduler.Now))
            _queue.Enqueue(new WaitingRequest(new CheckpointProtocol.Prune(_state.Key), null, ActorRefs.Nobody));
        // A removal is a write of its own: not worth it for a record or two, unless they are what was deleted.
        else Trim(_state.Exists ? StoredRecords.MinInterval : 1);
    }

    /// <summary>Removes what retention does not keep when it is at least so many revisions; says up to which.</summary>
    private long? Trim(long smallest)
    {
        var firstKept = _retention.FirstKept(_state);
        if (firstKept - _state.Stored.First < smallest) return null;
        DeleteMessages(firstKept - 1);
        _state = _state with { Stored = _state.Stored.TrimmedTo(firstKept) };
        return firstKept - 1;
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
        // Before the answers: who sends again because of one must not find this actor still open.
        Context.Parent.Tell(Closed.Instance);
        var name = FailureName.Of(cause);
        _inFlight?.EndSpan(cause.Message);
        foreach (var request in _inFlight?.Requests ?? [])
        {
            if (inFlightIsUnknown && _inFlight!.Records.Count > 0) request.AnswerUnknown(name, cause.Message, Self);
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

    /// <summary>To the parent: what is sent here from now on is lost; the actor stops.</summary>
    internal sealed class Closed : INoSerializationVerificationNeeded
    {
        public static Closed Instance { get; } = new();
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
    internal sealed record RecoveryFailed(Exception Cause, long? LastGoodRevision) : INoSerializationVerificationNeeded;

    private sealed class Check : INoSerializationVerificationNeeded, IDeadLetterSuppression, INotInfluenceReceiveTimeout
    {
        public static Check Instance { get; } = new();
    }
}
