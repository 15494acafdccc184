namespace RetainActors.Persistence;

/// <summary>
/// A stored event could not be turned back into an object. The recovery that meets it fails; the journal never leaves an
/// event out.
/// </summary>
public sealed class EventUnreadableException : Exception
{
    internal EventUnreadableException(string persistenceId, long sequenceNr, string detail, Exception? cause = null)
        : base($"Event {sequenceNr} of '{persistenceId}' cannot be read: {detail}", cause)
    {
        PersistenceId = persistenceId;
        SequenceNr = sequenceNr;
    }

    /// <summary>The persistent actor the event belongs to.</summary>
    public string PersistenceId { get; }

    /// <summary>The number of the event.</summary>
    public long SequenceNr { get; }
}
