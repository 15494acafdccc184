using System.Text;
using Akka.Configuration;

namespace RetainActors.Hosting;

/// <summary>
/// The keys of <c>retain.checkpoint</c> that code or appsettings set. A property left null leaves the key to HOCON and its
/// default; one that is set lies over the HOCON that was added before.
/// </summary>
public sealed class RetainCheckpointsOptions
{
    /// <summary>Plugin id of the journal that stores checkpoints; the default journal when it is set nowhere.</summary>
    public string? JournalPluginId { get; set; }

    /// <summary>Largest stored record of one save, from 1 KiB to 1 GiB.</summary>
    public long? MaxRecordSizeBytes { get; set; }

    /// <summary>Requests that may wait for one key; at least 1.</summary>
    public int? MaxQueueLength { get; set; }

    /// <summary>How long one journal write of a key may take; shorter than <see cref="RequestTimeout"/>.</summary>
    public TimeSpan? InFlightTimeout { get; set; }

    /// <summary>Idle time after which the actor of a key leaves memory; <see cref="Timeout.InfiniteTimeSpan"/> keeps it.</summary>
    public TimeSpan? PassivateAfter { get; set; }

    /// <summary>Every request through the client is answered within this time.</summary>
    public TimeSpan? RequestTimeout { get; set; }

    /// <summary>How long the client waits for an answer before it sends a request again.</summary>
    public TimeSpan? ResendInterval { get; set; }

    /// <summary>How long a key whose journal failed rests the first time; then twice as long each time.</summary>
    public TimeSpan? MinRestartBackoff { get; set; }

    /// <summary>The longest rest of a key that keeps failing; at least <see cref="MinRestartBackoff"/>.</summary>
    public TimeSpan? MaxRestartBackoff { get; set; }

    /// <summary>How long the records of a key are kept.</summary>
    public CheckpointRetentionOptions Retention { get; } = new();

    /// <summary>How much of a key the measurements of instruments carry (<c>retain.telemetry.key-tags</c>); of runs too.</summary>
    public MetricKeyTags? MetricKeyTags { get; set; }

    internal Config ToConfig() => ConfigurationFactory.ParseString(Retention.AppendSectionTo(new StringBuilder()
        .AppendLine("retain.checkpoint {")
        .AppendKey("journal-plugin-id", JournalPluginId)
        .AppendKey("max-record-size", MaxRecordSizeBytes)
        .AppendKey("max-queue-length", MaxQueueLength)
        .AppendKey("in-flight-timeout", InFlightTimeout)
        .AppendKey("passivate-after", PassivateAfter)
        .AppendKey("client.request-timeout", RequestTimeout)
        .AppendKey("client.resend-interval", ResendInterval)
        .AppendKey("restart-backoff.min", MinRestartBackoff)
        .AppendKey("restart-backoff.max", MaxRestartBackoff))
        .AppendLine("}")
        .AppendKey("retain.telemetry.key-tags", MetricKeyTags?.ToString().ToLowerInvariant())
        .ToString());
}
