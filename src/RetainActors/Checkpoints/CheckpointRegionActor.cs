using Akka.Actor;

namespace RetainActors.Checkpoints;

/// <summary>
/// Routes each request to the actor of its key and starts it when needed. Requests that arrive while that actor recovers,
/// passivates or rests after a failure wait here, so none is lost; when it cannot recover they are answered from here.
/// </summary>
internal class CheckpointRegionActor(CheckpointSettings settings, DecisionRule? decide = null) : UntypedActor, IWithTimers
{
    private readonly Dictionary<string, Child> _children = new(StringComparer.Ordinal);
    private bool _stopping;

    public static Props PropsFor(CheckpointSettings settings, DecisionRule? decide = null) =>
        ActorProps.From(() => new CheckpointRegionActor(settings, decide));

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case CheckpointRequest or ICheckpointCommand:
                Deliver(message, Sender);
                break;
            case CheckpointActor.Ready when Find(Sender) is { } child:
                child.Open();
                break;
            case CheckpointActor.Closed when Find(Sender) is { } child:
                child.Close();
                break;
            case CheckpointActor.Passivate when Find(Sender) is { IsOpen: true } child:
                child.Passivate();
                break;
            case CheckpointActor.RecoveryFailed failed when Find(Sender) is { } child:
                child.Failure = failed;
                break;
            case CheckpointActor.Stop:
                StopAll();
                break;
            case Terminated terminated:
                OnTerminated(terminated.ActorRef);
                break;
            case Rested rested:
                OnRested(rested.Name);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>An unknown failure stops the key's actor; it comes back with its next request and recovers the truth from the journal.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void PostStop()
    {
        foreach (var child in _children.Values)
            foreach (var request in child.TakeWaiting())
                request.AnswerNotDone("Stopped", "the checkpoint region was stopped", Self);
    }

    /// <summary>Called when the last key left memory.</summary>
    protected virtual void OnEmpty()
    {
    }

    /// <summary>To the actor of the key when it is there; everything else about a request is done by who waits.</summary>
    private void Deliver(object message, IActorRef asker)
    {
        var key = ((IWithCheckpointKey)message).Key;
        if (!_stopping && _children.TryGetValue(key.PersistenceId, out var child) && child.TryTell(message, asker)) return;
        Deliver(WaitingRequest.From(message, asker)!);
    }

    private void Deliver(WaitingRequest request)
    {
        if (_stopping)
        {
            AnswerStopping(request);
            return;
        }

        var name = request.Command.Key.PersistenceId;
        if (!_children.TryGetValue(name, out var child)) _children[name] = child = new Child(request.Command.Key, Start(request.Command.Key));
        if (!child.TryDeliver(request, settings.MaxQueueLength))
            request.AnswerNotDone("Busy", $"{settings.MaxQueueLength} requests wait for {request.Command.Key}", Self, RefuseReason.Busy);
    }

    private IActorRef Start(CheckpointKey key) => Context.Watch(Context.ActorOf(CheckpointActor.PropsFor(key, settings, decide), key.PersistenceId));

    private void OnTerminated(IActorRef actor)
    {
        var name = actor.Path.Name;
        if (!_children.TryGetValue(name, out var child)) return;
        if (child.IsPassivating)
        {
            _children.Remove(name);
            foreach (var request in child.TakeWaiting()) Deliver(request);
            EndOrTellEmpty();
            return;
        }

        // What came after a failure of an open actor waits for the next one; what waited for a recovery that failed is answered.
        foreach (var request in child.HasOpened ? [] : child.TakeWaiting())
        {
            if (child.Failure is { } failure) request.AnswerUnreadable(failure.Cause, failure.LastGoodRevision, Self);
            else request.AnswerNotDone("Stopped", "the checkpoint's actor stopped before it took the request", Self);
        }

        child.Rest();
        Timers.StartSingleTimer(name, new Rested(name), settings.RestartBackoff.After(child.Failures, chance: 0));
    }

    /// <summary>Brings a failed key's actor back when somebody waits for it; the waits grow while it keeps failing.</summary>
    private void OnRested(string name)
    {
        if (!_children.TryGetValue(name, out var child) || child.IsUp) return;
        if (child.HasWaiting) child.Restart(Start(child.Key));
        else
        {
            _children.Remove(name);
            EndOrTellEmpty();
        }
    }

    /// <summary>Every key's actor answers what it has and stops; then this one does. What comes meanwhile is to be sent again.</summary>
    private void StopAll()
    {
        _stopping = true;
        foreach (var (name, child) in _children.ToArray())
        {
            foreach (var request in child.TakeWaiting()) AnswerStopping(request);
            if (!child.IsUp) _children.Remove(name);
            else if (!child.IsPassivating) child.Passivate();
        }

        EndOrTellEmpty();
    }

    private void EndOrTellEmpty()
    {
        if (_children.Count > 0) return;
        if (_stopping) Context.Stop(Self);
        else OnEmpty();
    }

    private void AnswerStopping(WaitingRequest request) =>
        request.AnswerNotDone("Moving", $"the actor of {request.Command.Key} is stopping", Self, RefuseReason.Busy);

    private Child? Find(IActorRef actor) => _children.TryGetValue(actor.Path.Name, out var child) && child.IsActor(actor) ? child : null;

    private sealed record Rested(string Name) : INoSerializationVerificationNeeded;

    /// <summary>The actor of one key: recovering, then open, then perhaps passivating; or resting after a failure.</summary>
    private sealed class Child(CheckpointKey key, IActorRef actor)
    {
        private readonly Queue<WaitingRequest> _waiting = new();
        private IActorRef? _ref = actor;

        public CheckpointKey Key { get; } = key;

        public bool IsUp => _ref is not null;

        public bool IsOpen { get; private set; }

        /// <summary>Whether its recovery succeeded.</summary>
        public bool HasOpened { get; private set; }

        public bool IsPassivating { get; private set; }

        public bool HasWaiting => _waiting.Count > 0;

        /// <summary>Failures in a row.</summary>
        public int Failures { get; private set; }

        public CheckpointActor.RecoveryFailed? Failure { get; set; }

        public bool IsActor(IActorRef actor) => actor.Equals(_ref);

        public bool TryDeliver(WaitingRequest request, int maxWaiting)
        {
            if (TryTell(request.Message, request.Asker)) return true;
            if (_waiting.Count >= maxWaiting) return false;
            _waiting.Enqueue(request);
            return true;
        }

        /// <summary>Tells the actor; false when it takes no requests now.</summary>
        public bool TryTell(object message, IActorRef asker)
        {
            if (IsOpen) _ref!.Tell(message, asker);
            return IsOpen;
        }

        public void Open()
        {
            IsOpen = HasOpened = true;
            foreach (var request in TakeWaiting()) _ref!.Tell(request.Message, request.Asker);
        }

        public void Close() => IsOpen = false;

        public void Passivate()
        {
            IsOpen = false;
            IsPassivating = true;
            _ref!.Tell(CheckpointActor.Stop.Instance);
        }

        public void Rest()
        {
            (_ref, Failure, IsOpen, HasOpened) = (null, null, false, false);
            Failures++;
        }

        public void Restart(IActorRef actor) => _ref = actor;

        public WaitingRequest[] TakeWaiting()
        {
            WaitingRequest[] taken = [.. _waiting];
            _waiting.Clear();
            return taken;
        }
    }
}
