using Akka.Actor;
using Akka.Persistence.Journal;
using RetainActors.Storage;
using QueryEnvelope = Akka.Persistence.Query.EventEnvelope;
using Sequence = Akka.Persistence.Query.Sequence;

namespace RetainActors.Persistence.Query;

/// <summary>
/// What the journal actor hands to a read journal: its log, read beside the writing, with the way back from bytes to events.
/// </summary>
internal sealed class JournalReader(JournalLog log, EventSerializer serializer, EventAdapters adapters, AppendFeed feed)
    : INoSerializationVerificationNeeded
{
    /// <summary>Tells what was appended.</summary>
    public AppendFeed Feed { get; } = feed;

    /// <summary>Reads off the caller's thread, as soon as the log is open.</summary>
    public Task<T> ReadAsync<T>(Func<FileLog, T> read) => log.RunAsync(open => Task.Run(() => read(open)));

    /// <summary>The highest number of the id after what is on its way now.</summary>
    public Task<long> HighestAsync(string id) => log.RunAsync(open => open.GetHighestSequenceNumberAsync(id));

    /// <summary>What the event adapters make of a record: mostly one envelope, maybe none or several.</summary>
    public IEnumerable<QueryEnvelope> ToEnvelopes(LogRecord record)
    {
        var (representation, tags) = serializer.FromTaggedRecord(record);
        var adapted = adapters.Get(representation.Payload.GetType()).FromJournal(representation.Payload, representation.Manifest);
        foreach (var payload in adapted.Events)
            yield return new QueryEnvelope(
                new Sequence(record.Position), record.Id, record.SequenceNumber, payload, representation.Timestamp, [.. tags]);
    }

    /// <summary>Asks a journal actor for its reader.</summary>
    public sealed class Request : INoSerializationVerificationNeeded
    {
        private Request()
        {
        }

        public static Request Instance { get; } = new();
    }
}
