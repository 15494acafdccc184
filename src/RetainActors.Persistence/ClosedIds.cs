namespace RetainActors.Persistence;

/// <summary>
/// Ids whose events are of one serializer only. What is stored says which serializer reads it, and some, Akka's Newtonsoft serializer above all,
/// make whatever type the bytes name; the events of an id of these are never given to another one.
/// </summary>
internal static class ClosedIds
{
    /// <summary>The ids of the checkpoints of the package RetainActors, and the number of its serializer. Both are contracts there.</summary>
    private const string CheckpointPrefix = "ck~";
    private const int CheckpointSerializer = 20261;

    /// <summary>Whether events of the id may be read by the serializer of that number.</summary>
    public static bool Allow(string persistenceId, int serializerId) =>
        serializerId == CheckpointSerializer || !persistenceId.StartsWith(CheckpointPrefix, StringComparison.Ordinal);
}
