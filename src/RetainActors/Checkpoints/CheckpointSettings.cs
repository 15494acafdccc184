using Akka.Configuration;
using RetainActors.Diagnostics;

namespace RetainActors.Checkpoints;

/// <summary>The settings of <c>retain.checkpoint</c>; the defaults and their meaning stand in <c>reference.conf</c>.</summary>
internal sealed record CheckpointSettings(
    string Region,
    string JournalPluginId,
    int MaxRecordSizeBytes,
    int MaxQueueLength,
    int MaxBatchSizeBytes,
    TimeSpan InFlightTimeout,
    TimeSpan? PassivateAfter,
    TimeSpan RequestTimeout,
    TimeSpan ResendInterval,
    bool RetryFailures,
    Backoff RestartBackoff,
    RetentionSettings Retention)
{
    /// <summary>What is measured.</summary>
    public CheckpointTelemetry Telemetry { get; init; } = new(KeyTags.None);

    /// <summary>Reads and checks the settings.</summary>
    /// <exception cref="ConfigurationException">Names the key that is missing or out of range.</exception>
    public static CheckpointSettings From(Config root)
    {
        var section = ConfigSection.At(root, "retain.checkpoint");
        var inFlight = section.Time("in-flight-timeout");
        var request = section.Time("client.request-timeout");
        section.Require(inFlight < request, "in-flight-timeout", "must be shorter than client.request-timeout");
        var (minBackoff, maxBackoff) = (section.Time("restart-backoff.min"), section.Time("restart-backoff.max"));
        section.Require(minBackoff <= maxBackoff, "restart-backoff.min", "must not exceed restart-backoff.max");
        return new CheckpointSettings(
            section.Text("region"),
            section.Text("journal-plugin-id"),
            section.Size("max-record-size", minimum: 1024, maximum: 1 << 30),
            section.Count("max-queue-length"),
            section.Size("max-batch-size", minimum: 1024, maximum: 1 << 30),
            inFlight,
            section.TimeOrOff("passivate-after"),
            request,
            section.Time("client.resend-interval"),
            section.Flag("client.retry-failures"),
            new Backoff(minBackoff, maxBackoff, Jitter: 0),
            RetentionSettings.From(section.Section("retention")))
        {
            Telemetry = CheckpointTelemetry.From(root),
        };
    }
}
