using Akka.Actor;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Runs;

/// <summary>Unparks one key and answers once. It claims nothing: the revision that it saw fences out whoever came in between.</summary>
internal sealed class UnparkActor(CheckpointKey key, IActorRef checkpoints, Action<UnparkResult> answer) : UntypedActor
{
    private string? _nextState;
    private bool _isAnswered;

    public static Props PropsFor(CheckpointKey key, IActorRef checkpoints, Action<UnparkResult> answer) =>
        ActorProps.From(() => new UnparkActor(key, checkpoints, answer));

    protected override void PreStart() => checkpoints.Tell(new Load(key));

    protected override void PostStop()
    {
        if (!_isAnswered) Refuse(nameof(RunOutcome.Stopped), "the run manager was stopped");
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Loaded { Context: { Status: CheckpointStatus.Parked } parked } loaded:
                _nextState = parked.NextState;
                checkpoints.Tell(new Save(RunDecider.Unparked(parked), Guid.NewGuid(), loaded.Revision));
                break;
            case Loaded loaded:
                Refuse("NotParked", $"the checkpoint is {loaded.Context.Status}, not parked");
                break;
            case NotFound:
                Refuse(nameof(NotFound), "the key has no checkpoint");
                break;
            case Corrupt corrupt:
                Refuse(nameof(Corrupt), corrupt.Detail);
                break;
            case TooNew newer:
                Refuse(nameof(TooNew), $"a newer version wrote the checkpoint (schema version {newer.SchemaVersion})");
                break;
            case Saved saved:
                Answer(new UnparkResult(key, saved.Revision, _nextState, Error: null));
                break;
            case SaveRefused refused:
                Refuse(refused.Reason.ToString(), refused.Detail);
                break;
            case SaveUnknown unknown:
                Refuse(nameof(SaveUnknown), unknown.Detail);
                break;
            case Unavailable unavailable:
                Refuse(unavailable.Reason, unavailable.Detail);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Refuse(string reason, string detail) => Answer(new UnparkResult(key, 0, null, new RunError(reason, detail)));

    private void Answer(UnparkResult result)
    {
        _isAnswered = true;
        answer(result);
        Context.Stop(Self);
    }
}
