using Akka.Hosting;
using Akka.Persistence.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace RetainActors.Hosting;

/// <summary>
/// Checks that try the disk itself: a file in the root is written, synced, read back and deleted, and the free space is looked
/// at. The builders' own <c>WithHealthCheck</c> asks the plugin what it knows, which costs no write.
/// </summary>
public static class ConnectivityCheckExtensions
{
    private const long DefaultMinFreeBytes = 256L << 20;

    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Adds the check of a journal; its tags are akka, persistence, journal, connectivity and readiness.</summary>
    /// <param name="journal">The builder of a file journal with options.</param>
    /// <param name="failureStatus">What is reported when the root cannot be used.</param>
    /// <param name="name">The name of the check; the plugin id and <c>.connectivity</c> when null.</param>
    /// <param name="tags">Other tags.</param>
    /// <param name="timeout">How long it may take; 10 s when null.</param>
    /// <param name="minFreeBytes">With less space than this the result is degraded.</param>
    public static AkkaPersistenceJournalBuilder WithConnectivityCheck(
        this AkkaPersistenceJournalBuilder journal, HealthStatus failureStatus = HealthStatus.Unhealthy, string? name = null,
        IEnumerable<string>? tags = null, TimeSpan? timeout = null, long minFreeBytes = DefaultMinFreeBytes)
    {
        ArgumentNullException.ThrowIfNull(journal);
        var id = journal.Options is RetainFileJournalOptions options ? options.PluginId : throw NotOurs("journal");
        return journal.WithCustomHealthCheck(Registration(
            id, "journal", failureStatus, name, tags, timeout,
            new ConnectivityCheck(id, minFreeBytes, (persistence, token) => persistence.CheckJournalHealthAsync(id, token))));
    }

    /// <summary>Adds the check of a snapshot store; its tags are akka, persistence, snapshot-store, connectivity and readiness.</summary>
    /// <param name="snapshots">The builder of a file snapshot store with options.</param>
    /// <param name="failureStatus">What is reported when the root cannot be used.</param>
    /// <param name="name">The name of the check; the plugin id and <c>.connectivity</c> when null.</param>
    /// <param name="tags">Other tags.</param>
    /// <param name="timeout">How long it may take; 10 s when null.</param>
    /// <param name="minFreeBytes">With less space than this the result is degraded.</param>
    public static AkkaPersistenceSnapshotBuilder WithConnectivityCheck(
        this AkkaPersistenceSnapshotBuilder snapshots, HealthStatus failureStatus = HealthStatus.Unhealthy, string? name = null,
        IEnumerable<string>? tags = null, TimeSpan? timeout = null, long minFreeBytes = DefaultMinFreeBytes)
    {
        ArgumentNullException.ThrowIfNull(snapshots);
        var id = snapshots.Options is RetainFileSnapshotOptions options ? options.PluginId : throw NotOurs("snapshot store");
        return snapshots.WithCustomHealthCheck(Registration(
            id, "snapshot-store", failureStatus, name, tags, timeout,
            new ConnectivityCheck(id, minFreeBytes, (persistence, token) => persistence.CheckSnapshotStoreHealthAsync(id, token))));
    }

    private static AkkaHealthCheckRegistration Registration(
        string pluginId, string kind, HealthStatus failureStatus, string? name, IEnumerable<string>? tags, TimeSpan? timeout,
        ConnectivityCheck check) => new(
            name ?? $"{pluginId}.connectivity", check, failureStatus,
            tags ?? ["akka", "persistence", kind, "connectivity", "readiness"], timeout ?? DefaultTimeout);

    private static InvalidOperationException NotOurs(string kind) =>
        new($"WithConnectivityCheck is for a file {kind} of RetainActors. Call it in WithRetainFilePersistence.");
}
