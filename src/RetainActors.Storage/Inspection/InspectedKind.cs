namespace RetainActors.Storage;

/// <summary>What a record in a log says.</summary>
public enum InspectedKind
{
    /// <summary>The payload belongs to the sequence number.</summary>
    Event,

    /// <summary>The records of the id up to the sequence number are deleted.</summary>
    Deletion,
}
