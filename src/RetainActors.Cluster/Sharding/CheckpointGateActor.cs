using Akka.Actor;
using RetainActors.Checkpoints;
using RetainActors.Cluster.Wire;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Cluster.Sharding;

/// <summary>In front of the shards: a save that fits no message between nodes is refused here, before it is sent and lost.</summary>
internal sealed class CheckpointGateActor(IActorRef shards, int maxMessageBytes) : UntypedActor
{
    public static Props PropsFor(IActorRef shards, int maxMessageBytes) => Props.Create(() => new CheckpointGateActor(shards, maxMessageBytes));

    protected override void OnReceive(object message)
    {
        if (WaitingRequest.From(message, Sender) is not { } request)
        {
            Unhandled(message);
            return;
        }

        // Everything else is a key and a few numbers.
        var size = request.Command is Save or SaveBranch ? CheckpointMessageSerializer.SizeOf(message) : 0;
        if (size <= maxMessageBytes) shards.Forward(message);
        else
            request.AnswerNotDone(
                nameof(RefuseReason.TooLarge), $"the save has {size} bytes; {maxMessageBytes} fit a message between nodes", Self, RefuseReason.TooLarge);
    }
}
