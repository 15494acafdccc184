using Akka.Actor;
using Akka.Persistence;

namespace RetainActors.Checkpoints;

/// <summary>
/// Reads records of a key again, straight from the journal by its own protocol, so that it works on every journal and wakes
/// nobody. Tells its parent <see cref="Done"/> or <see cref="Failed"/> once, and stops.
/// </summary>
internal sealed class PastReaderActor : UntypedActor
{
    private readonly IActorRef _journal;
    private readonly PastQuery _query;
    private readonly CheckpointPast _past;

    public PastReaderActor(string journalPluginId, PastQuery query)
    {
        _journal = Akka.Persistence.Persistence.Instance.Get(Context.System).JournalFor(journalPluginId);
        _query = query;
        _past = new CheckpointPast(query.Key);
    }

    public static Props PropsFor(string journalPluginId, PastQuery query) => ActorProps.From(() => new PastReaderActor(journalPluginId, query));

    protected override void PreStart() =>
        _journal.Tell(new ReplayMessages(1, _query.UpTo, long.MaxValue, _query.Key.PersistenceId, Self));

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ReplayedMessage { Persistent: var stored }:
                _past.Add(CheckpointRecord.AsEvent(stored.Payload, stored.SequenceNr), stored.SequenceNr);
                break;
            case RecoverySuccess:
                End(new Done(_past));
                break;
            case ReplayMessagesFailure failure:
                End(new Failed(failure.Cause));
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void End(object result)
    {
        Context.Parent.Tell(result);
        Context.Stop(Self);
    }

    /// <summary>The records, folded.</summary>
    internal sealed record Done(CheckpointPast Past) : INoSerializationVerificationNeeded;

    /// <summary>The journal could not give them back.</summary>
    internal sealed record Failed(Exception Cause) : INoSerializationVerificationNeeded;
}
