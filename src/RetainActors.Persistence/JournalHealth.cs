using Akka.Persistence;
using RetainActors.Storage;

namespace RetainActors.Persistence;

/// <summary>What the state of the log means for the health of its journal: the worst of it.</summary>
internal static class JournalHealth
{
    /// <summary>Null when the log is well.</summary>
    public static PersistenceHealthCheckResult? Of(JournalLogStatus status, string pluginId) => status switch
    {
        { State: JournalLogState.Opening } =>
            Result(PersistenceHealthStatus.Degraded, "The journal is being opened.", null, "Opening", pluginId),
        // Writes fail, but everything stored can be read, and it heals when space returns.
        { State: JournalLogState.Open, Failure: JournalFullException full } =>
            Result(PersistenceHealthStatus.Degraded, full.Message, full, full.Reason.ToString(), pluginId),
        { Failure: StorageException failure } =>
            Result(PersistenceHealthStatus.Unhealthy, failure.Message, failure, failure.Reason.ToString(), pluginId),
        { Failure: { } failure } =>
            Result(PersistenceHealthStatus.Unhealthy, failure.Message, failure, failure.GetType().Name, pluginId),
        { Damage: { First: { } damage, Places: var places } } => Damaged(damage, places, pluginId),
        { Statistics: { IsAboveWarning: true } statistics } => TooLarge(statistics, pluginId),
        _ => null,
    };

    /// <summary>The events in the damaged places are gone, all others are served.</summary>
    private static PersistenceHealthCheckResult Damaged(SegmentCorruptException damage, int places, string pluginId) => Result(
        PersistenceHealthStatus.Degraded, damage.Message, damage, damage.Reason.ToString(), pluginId,
        ("file", damage.File), ("offset", damage.Offset), ("places", places));

    private static PersistenceHealthCheckResult TooLarge(LogStatistics statistics, string pluginId) => Result(
        PersistenceHealthStatus.Degraded,
        $"The journal takes {statistics.TotalBytes} bytes, more than 'total-size-warning'; {statistics.LiveBytes} of them are live. "
        + "Delete events that nobody needs, or give it more space and raise the limit.",
        null, "TotalSizeWarning", pluginId, ("total-bytes", statistics.TotalBytes), ("live-bytes", statistics.LiveBytes));

    private static PersistenceHealthCheckResult Result(
        PersistenceHealthStatus status, string description, Exception? cause, string reason, string pluginId,
        params ReadOnlySpan<(string Key, object Value)> more)
    {
        var data = new Dictionary<string, object> { ["plugin-id"] = pluginId, ["reason"] = reason };
        foreach (var (key, value) in more) data.Add(key, value);
        return new PersistenceHealthCheckResult(status, description, cause, data);
    }
}
