using System.Collections.Immutable;
using Akka.Actor;
using RetainActors.Checkpoints;

namespace RetainActors.Testing;

/// <summary>One request that went through a <see cref="CheckpointTap"/>, with its answer; null until it came.</summary>
public sealed record TappedRequest(ICheckpointCommand Command, ICheckpointReply? Reply);

/// <summary>
/// Stands between an actor of yours and its checkpoints, passes everything on and remembers it, in order. Give your actor
/// <see cref="Ref"/> as its checkpoints. Safe to read from any thread.
/// </summary>
public sealed class CheckpointTap
{
    private readonly Lock _gate = new();
    private ImmutableList<TappedRequest> _requests = [];

    /// <summary>Starts a tap.</summary>
    /// <param name="system">The system that it runs in.</param>
    /// <param name="checkpoints">Where requests go; null for <see cref="RetainCheckpoints.ClientActor"/>.</param>
    public CheckpointTap(ActorSystem system, IActorRef? checkpoints = null)
    {
        ArgumentNullException.ThrowIfNull(system);
        var target = checkpoints ?? RetainCheckpoints.Get(system).ClientActor;
        Ref = system.ActorOf(Props.Create(() => new TapActor(this, target)));
    }

    /// <summary>The address to tell requests to.</summary>
    public IActorRef Ref { get; }

    /// <summary>What went through, in the order it was asked.</summary>
    public ImmutableList<TappedRequest> Requests
    {
        get
        {
            lock (_gate) return _requests;
        }
    }

    private int Add(ICheckpointCommand command)
    {
        lock (_gate)
        {
            _requests = _requests.Add(new TappedRequest(command, null));
            return _requests.Count - 1;
        }
    }

    private void Answer(int index, ICheckpointReply reply)
    {
        lock (_gate) _requests = _requests.SetItem(index, _requests[index] with { Reply = reply });
    }

    /// <summary>One child per request, so that each answer finds its asker.</summary>
    private sealed class TapActor(CheckpointTap tap, IActorRef target) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is not ICheckpointCommand command)
            {
                Unhandled(message);
                return;
            }

            var (index, asker) = (tap.Add(command), Sender);
            target.Tell(command, Context.ActorOf(Props.Create(() => new AnswerActor(tap, index, asker))));
        }
    }

    private sealed class AnswerActor(CheckpointTap tap, int index, IActorRef asker) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is ICheckpointReply reply) tap.Answer(index, reply);
            asker.Forward(message);
            Context.Stop(Self);
        }
    }
}
