using Akka.Persistence;
using RetainActors.Storage;

namespace RetainActors.Persistence;

/// <summary>What the state of the log means for the health of its journal.</summary>
internal static class JournalHealth
{
    /// <summary>Null when the log is well.</summary>
    public static PersistenceHealthCheckResult? Of(JournalLog log, string pluginId) => log.Inspect() switch
    {
        (JournalLogState.Opening, _) =>
            Result(PersistenceHealthStatus.Degraded, "The journal is being opened.", null, "Opening", pluginId),
        // Writes fail, but everything stored can be read, and it heals when space returns.
        (JournalLogState.Open, JournalFullException full) =>
            Result(PersistenceHealthStatus.Degraded, full.Message, full, full.Reason.ToString(), pluginId),
        (_, StorageException failure) =>
            Result(PersistenceHealthStatus.Unhealthy, failure.Message, failure, failure.Reason.ToString(), pluginId),
        (_, { } failure) =>
            Result(PersistenceHealthStatus.Unhealthy, failure.Message, failure, failure.GetType().Name, pluginId),
        _ => null,
    };

    private static PersistenceHealthCheckResult Result(
        PersistenceHealthStatus status, string description, Exception? cause, string reason, string pluginId) =>
        new(status, description, cause, new Dictionary<string, object> { ["plugin-id"] = pluginId, ["reason"] = reason });
}
