using Akka.Actor;

namespace RetainActors.Checkpoints;

/// <summary>
/// Routes each request to the actor of its key and starts it when needed. Requests that arrive while that actor recovers
/// or passivates wait here, so none is lost; when it cannot recover they are answered from here.
/// </summary>
internal sealed class CheckpointRegionActor(CheckpointSettings settings) : UntypedActor
{
    private readonly Dictionary<string, Child> _children = new(StringComparer.Ordinal);

    public static Props PropsFor(CheckpointSettings settings) => Props.Create(() => new CheckpointRegionActor(settings));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case CheckpointRequest or ICheckpointCommand:
                Deliver(WaitingRequest.From(message, Sender)!);
                break;
            case CheckpointActor.Ready when Find(Sender) is { } child:
                child.Open();
                break;
            case CheckpointActor.Passivate when Find(Sender) is { IsOpen: true } child:
                child.Passivate();
                break;
            case CheckpointActor.RecoveryFailed failed when Find(Sender) is { } child:
                child.Failure = failed.Cause;
                break;
            case Terminated terminated:
                OnTerminated(terminated.ActorRef);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>An unknown failure stops the key's actor; its next request recovers the truth from the journal.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void PostStop()
    {
        foreach (var child in _children.Values) child.AnswerWaiting("Stopped", "the checkpoint region was stopped", Self);
    }

    private void Deliver(WaitingRequest request)
    {
        var name = request.Command.Key.PersistenceId;
        if (!_children.TryGetValue(name, out var child))
            _children[name] = child = new Child(Context.Watch(Context.ActorOf(CheckpointActor.PropsFor(request.Command.Key, settings), name)));
        if (!child.TryDeliver(request, settings.MaxQueueLength))
            request.AnswerNotDone("Busy", $"{settings.MaxQueueLength} requests wait for {request.Command.Key}", Self, RefuseReason.Busy);
    }

    private void OnTerminated(IActorRef actor)
    {
        if (!_children.Remove(actor.Path.Name, out var child)) return;
        if (child.IsPassivating)
            foreach (var request in child.TakeWaiting()) Deliver(request);
        else if (child.Failure is { } cause)
            child.AnswerWaiting(FailureName.Of(cause), cause.Message, Self);
        else
            child.AnswerWaiting("Stopped", "the checkpoint's actor stopped before it took the request", Self);
    }

    private Child? Find(IActorRef actor) => _children.TryGetValue(actor.Path.Name, out var child) && child.Ref.Equals(actor) ? child : null;

    /// <summary>The actor of one key: recovering, then open, then perhaps passivating.</summary>
    private sealed class Child(IActorRef actor)
    {
        private readonly Queue<WaitingRequest> _waiting = new();

        public IActorRef Ref { get; } = actor;

        public bool IsOpen { get; private set; }

        public bool IsPassivating { get; private set; }

        public Exception? Failure { get; set; }

        public bool TryDeliver(WaitingRequest request, int maxWaiting)
        {
            if (IsOpen) Ref.Tell(request.Message, request.Asker);
            else if (_waiting.Count >= maxWaiting) return false;
            else _waiting.Enqueue(request);
            return true;
        }

        public void Open()
        {
            IsOpen = true;
            foreach (var request in TakeWaiting()) Ref.Tell(request.Message, request.Asker);
        }

        public void Passivate()
        {
            IsOpen = false;
            IsPassivating = true;
            Ref.Tell(CheckpointActor.Stop.Instance);
        }

        public WaitingRequest[] TakeWaiting()
        {
            WaitingRequest[] taken = [.. _waiting];
            _waiting.Clear();
            return taken;
        }

        public void AnswerWaiting(string reason, string detail, IActorRef from)
        {
            foreach (var request in TakeWaiting()) request.AnswerNotDone(reason, detail, from);
        }
    }
}
