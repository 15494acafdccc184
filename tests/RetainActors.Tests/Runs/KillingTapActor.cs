using Akka.Actor;
using RetainActors.Checkpoints;
using RetainActors.Runs;
using RetainActors.Storage;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Tests.Runs;

/// <summary>Where a save is when its run is killed.</summary>
internal enum KillPoint
{
    NotSent,
    InFlight,
    DurableButUnheard,
    Acknowledged,
}

/// <summary>What a kill hits: the run's actor; the whole process and what was not synced of its disk; or, asked to stop, nobody.</summary>
internal enum KillScope
{
    RunActor,
    PowerCut,
    Stop,
}

/// <summary>A planned kill at a save; a stop is asked for before the save is sent on, whatever the point.</summary>
internal sealed record Kill(int AfterSaves, KillPoint Point, KillScope Scope, int Seed);

/// <summary>
/// Stands between the run of one key and its checkpoints, notes what is acknowledged, and kills as planned. The answers
/// can be changed on the way, for engines that are broken on purpose.
/// </summary>
internal sealed class KillingTapActor(
    IActorRef checkpoints, RunWorld world, Queue<Kill> kills, MemoryFileSystem disk, TaskCompletionSource<MemoryFileSystem> powerCut,
    Func<ICheckpointReply, ICheckpointReply> change) : UntypedActor
{
    private readonly Queue<Pending> _pending = new();
    private int _saves;
    private long _epoch;

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ICheckpointCommand command:
                Forward(new Pending(command, Sender));
                break;
            case ICheckpointReply reply when _pending.TryDequeue(out var pending):
                Answer(pending, reply);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Forward(Pending pending)
    {
        if (pending.IsSave && kills.TryPeek(out var next) && ++_saves > next.AfterSaves)
        {
            (pending.Kill, _saves) = (kills.Dequeue(), 0);
            if (pending.Kill.Scope == KillScope.Stop)
            {
                pending.Run.Tell(new RunProtocol.StopRun(pending.Command.Key));
                pending.Kill = null;
            }
        }

        if (pending.Kill?.Point == KillPoint.NotSent)
        {
            Kill(pending);
            return;
        }

        _pending.Enqueue(pending);
        checkpoints.Tell(pending.Command);
        if (pending.Kill?.Point == KillPoint.InFlight) Kill(pending);
    }

    private void Answer(Pending pending, ICheckpointReply reply)
    {
        if (reply is Claimed claimed) _epoch = claimed.Epoch;
        if (reply is Saved) world.Acknowledge(MarksOf(pending.Command));
        if (pending.IsDead) return;
        if (pending.Kill?.Point != KillPoint.DurableButUnheard) pending.Run.Tell(change(reply));
        if (pending.Kill is not null) Kill(pending);
    }

    private void Kill(Pending pending)
    {
        pending.IsDead = true;
        world.Kill(_epoch);
        if (pending.Kill!.Scope == KillScope.PowerCut)
        {
            powerCut.TrySetResult(disk.Crash(pending.Kill.Seed));
            Become(_ => { });
        }
        else
        {
            Context.Stop(pending.Run);
        }
    }

    private static IEnumerable<string> MarksOf(ICheckpointCommand command) => command switch
    {
        Save save => save.Context.Entities,
        SaveBranch save when save.Delta.Append.TryGet("entities", out var marks) => marks.EnumerateArray().Select(mark => mark.GetString()!),
        _ => [],
    };

    private sealed class Pending(ICheckpointCommand command, IActorRef run)
    {
        public ICheckpointCommand Command { get; } = command;

        public IActorRef Run { get; } = run;

        public bool IsSave => Command is Save or SaveBranch;

        public Kill? Kill { get; set; }

        public bool IsDead { get; set; }
    }
}
