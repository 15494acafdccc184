namespace RetainActors.Persistence;

/// <summary>
/// Ids whose events make no types. What is stored says which serializer reads it, and some, Akka's Newtonsoft serializer above all, make whatever type
/// the bytes name; the events of an id of these are never given to one of them.
/// </summary>
internal static class ClosedIds
{
    /// <summary>The ids of the checkpoints of the package RetainActors, a contract there.</summary>
    private const string CheckpointPrefix = "ck~";

    /// <summary>The serializer of checkpoints, and Akka's of bytes and of single values: their results are of types that no bytes choose.</summary>
    private static readonly int[] Allowed = [20261, 4, 17];

    /// <summary>Whether events of the id may be read by the serializer of that number.</summary>
    public static bool Allow(string persistenceId, int serializerId) =>
        Allowed.AsSpan().Contains(serializerId) || !persistenceId.StartsWith(CheckpointPrefix, StringComparison.Ordinal);
}
