using System.Collections.Frozen;
using Akka.Actor;
using RetainActors.Diagnostics;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Checkpoints;

/// <summary>A request with a number, by which the client tells the answers to several requests of one key apart.</summary>
internal sealed record CheckpointRequest(long Number, ICheckpointCommand Command) : IWithCheckpointKey
{
    public CheckpointKey Key => Command.Key;
}

/// <summary>The answer to a numbered request.</summary>
internal sealed record CheckpointResponse(long Number, ICheckpointReply Reply);

/// <summary>One request that waits for its answer, numbered or not.</summary>
internal sealed record WaitingRequest(ICheckpointCommand Command, long? Number, IActorRef Asker)
{
    /// <summary>When it came, for the measurements; 0 when nobody asks.</summary>
    public long QueuedAt { get; } = CheckpointTelemetry.QueuedNow;

    /// <summary>Reads a message that an asker sent; null when it is no request.</summary>
    public static WaitingRequest? From(object message, IActorRef asker) => message switch
    {
        CheckpointRequest request => new WaitingRequest(request.Command, request.Number, asker),
        ICheckpointCommand command => new WaitingRequest(command, null, asker),
        _ => null,
    };

    public object Message => Number is { } number ? new CheckpointRequest(number, Command) : Command;

    public void Answer(ICheckpointReply reply, IActorRef from) =>
        Asker.Tell(Number is { } number ? new CheckpointResponse(number, reply) : reply, from);

    /// <summary>Answers a request of which nothing was stored.</summary>
    public void AnswerNotDone(string reason, string detail, IActorRef from, RefuseReason refuseReason = RefuseReason.Failed) => Answer(
        Command switch
        {
            ISaveCommand => new SaveRefused(Command.Key, refuseReason, $"{reason}: {detail}"),
            Claim => new ClaimRefused(Command.Key, refuseReason, $"{reason}: {detail}"),
            _ => new Unavailable(Command.Key, reason, detail),
        },
        from);

    /// <summary>Answers a request for which stored records had to be read that the journal could not give.</summary>
    public void AnswerUnreadable(Exception cause, long? lastGoodRevision, IActorRef from)
    {
        var (name, detail) = (FailureName.Of(cause), cause.Message);
        if (!FailureName.MeansDamage(cause)) AnswerNotDone(name, detail, from);
        else if (Command is Load) Answer(new Corrupt(Command.Key, $"{name}: {detail}", lastGoodRevision), from);
        else AnswerNotDone(name, detail, from, RefuseReason.Unreadable);
    }

    /// <summary>Answers a request that may or may not have been stored.</summary>
    public void AnswerUnknown(string reason, string detail, IActorRef from) => Answer(UnknownReply(Command, reason, detail), from);

    public static ICheckpointReply UnknownReply(ICheckpointCommand command, string reason, string detail) => command switch
    {
        ISaveCommand save => new SaveUnknown(save.Key, save.SaveId, $"{reason}: {detail}"),
        _ => new Unavailable(command.Key, reason, detail),
    };
}

/// <summary>Stable names of failures.</summary>
internal static class FailureName
{
    /// <summary>
    /// The names by which journals report records of one key that are there and cannot be read. Anything else may pass by itself.
    /// </summary>
    private static readonly FrozenSet<string> Damage = ["SegmentCorrupt", "SegmentMissing", "EventUnreadable", "Serialization", "InvalidData"];

    /// <summary>Whether a failed replay says that what is stored is damaged, not that the journal fails.</summary>
    public static bool MeansDamage(Exception cause) => NamesDamage(Of(cause));

    /// <summary>Whether this is the name of such a failure.</summary>
    public static bool NamesDamage(string name) => Damage.Contains(name);

    /// <summary>The name of an exception's type without its ending, as in <c>JournalPoisoned</c>.</summary>
    public static string Of(Exception cause)
    {
        const string ending = "Exception";
        var name = (cause is AggregateException { InnerException: { } inner } ? inner : cause).GetType().Name;
        return name.EndsWith(ending, StringComparison.Ordinal) && name.Length > ending.Length ? name[..^ending.Length] : name;
    }
}
