using System.Collections.Immutable;
using Akka.Actor;
using Akka.Persistence;

namespace RetainActors.Persistence;

/// <summary>
/// The answer that a persistent actor waits for: first one for the batch, then one per event and per deferred message in the
/// order of the request. It is given once, by whoever comes first: the log, or the journal that gives up waiting.
/// </summary>
internal sealed class WriteAnswer(WriteMessages request, IActorRef journal, long deadline)
{
    private int _given;

    /// <summary>When the journal gives up, in ticks of the stopwatch.</summary>
    public long Deadline { get; } = deadline;

    public bool IsGiven => Volatile.Read(ref _given) != 0;

    /// <summary>Everything is durable that was not rejected. False when the answer was given before.</summary>
    /// <param name="rejections">Null, or one element per atomic write.</param>
    /// <param name="counted">Called first, so that whoever has the answer finds the success counted.</param>
    public bool Succeed(IImmutableList<Exception?>? rejections, Action? counted = null)
    {
        if (!Take()) return false;
        counted?.Invoke();
        Tell(WriteMessagesSuccessful.Instance, journal);
        var write = 0;
        foreach (var envelope in request.Messages)
        {
            if (envelope is not AtomicWrite atomic)
            {
                TellDeferred(envelope);
                continue;
            }
            var rejection = rejections?[write++];
            var events = (IImmutableList<IPersistentRepresentation>)atomic.Payload;
            for (var i = 0; i < events.Count; i++)
                Tell(
                    rejection is null
                        ? new WriteMessageSuccess(events[i], request.ActorInstanceId)
                        : new WriteMessageRejected(events[i], rejection, request.ActorInstanceId),
                    events[i].Sender);
        }
        return true;
    }

    /// <summary>It is not known, or known not to be so, that everything is durable. False when the answer was given before.</summary>
    /// <param name="cause">Why.</param>
    /// <param name="counted">Called first, so that whoever has the answer finds the failure counted.</param>
    public bool Fail(Exception cause, Action<Exception>? counted = null)
    {
        if (!Take()) return false;
        counted?.Invoke(cause);
        Tell(new WriteMessagesFailed(cause, request.Messages.Count(envelope => envelope is AtomicWrite)), journal);
        foreach (var envelope in request.Messages)
        {
            if (envelope is not AtomicWrite atomic)
            {
                TellDeferred(envelope);
                continue;
            }
            foreach (var representation in (IEnumerable<IPersistentRepresentation>)atomic.Payload)
                Tell(new WriteMessageFailure(representation, cause, request.ActorInstanceId), representation.Sender);
        }
        return true;
    }

    private bool Take() => Interlocked.Exchange(ref _given, 1) == 0;

    private void TellDeferred(IPersistentEnvelope envelope) =>
        Tell(new LoopMessageSuccess(envelope.Payload, request.ActorInstanceId), envelope.Sender);

    private void Tell(object answer, IActorRef sender) => request.PersistentActor.Tell(answer, sender);
}
