using Akka.Actor;
using Akka.Persistence;

namespace RetainActors.Tests.Runs;

/// <summary>Many journals behind one journal plugin: the persistence id says which. What comes for one that is gone is lost, as with its process.</summary>
internal sealed class JournalByKey : UntypedActor
{
    private readonly Dictionary<string, IActorRef> _journals = new(StringComparer.Ordinal);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Serve serve:
                _journals[serve.PersistenceId] = serve.Journal;
                Context.WatchWith(serve.Journal, new Gone(serve));
                break;
            case Gone { Served: var served } when _journals[served.PersistenceId].Equals(served.Journal):
                _journals.Remove(served.PersistenceId);
                break;
            case Gone:
                break;
            case WriteMessages write:
                Forward(write.Messages.OfType<AtomicWrite>().First().PersistenceId, write);
                break;
            case ReplayMessages replay:
                Forward(replay.PersistenceId, replay);
                break;
            case DeleteMessagesTo delete:
                Forward(delete.PersistenceId, delete);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Forward(string persistenceId, object message)
    {
        if (_journals.TryGetValue(persistenceId, out var journal)) journal.Forward(message);
    }

    internal sealed record Serve(string PersistenceId, IActorRef Journal);

    private sealed record Gone(Serve Served);
}
