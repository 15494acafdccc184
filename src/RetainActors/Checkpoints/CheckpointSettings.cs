using Akka.Configuration;

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
    TimeSpan MinRestartBackoff,
    TimeSpan MaxRestartBackoff,
    RetentionSettings Retention)
{
    private const string Path = "retain.checkpoint";

    /// <summary>Reads and checks the settings.</summary>
    /// <exception cref="ConfigurationException">Names the key that is missing or out of range.</exception>
    public static CheckpointSettings From(Config root)
    {
        var config = root.GetConfig(Path) ?? throw new ConfigurationException($"{Path} is missing.");
        var inFlight = Positive(config, "in-flight-timeout");
        var request = Positive(config, "client.request-timeout");
        Require(inFlight < request, "in-flight-timeout", "must be shorter than client.request-timeout");
        var (minBackoff, maxBackoff) = (Positive(config, "restart-backoff.min"), Positive(config, "restart-backoff.max"));
        Require(minBackoff <= maxBackoff, "restart-backoff.min", "must not exceed restart-backoff.max");
        return new CheckpointSettings(
            config.GetString("region") ?? "",
            config.GetString("journal-plugin-id") ?? "",
            Size(config, "max-record-size", minimum: 1024, maximum: 1 << 30),
            Count(config, "max-queue-length"),
            Size(config, "max-batch-size", minimum: 1024, maximum: 1 << 30),
            inFlight,
            config.GetString("passivate-after") is "off" ? null : Positive(config, "passivate-after"),
            request,
            Positive(config, "client.resend-interval"),
            config.GetBoolean("client.retry-failures"),
            minBackoff,
            maxBackoff,
            RetentionSettings.From(config.GetConfig("retention")));
    }

    /// <summary>How long a key rests after so many failures in a row.</summary>
    public TimeSpan RestartBackoffAfter(int failures)
    {
        var factor = Math.Pow(2, Math.Min(failures - 1, 30));
        return factor < MaxRestartBackoff / MinRestartBackoff ? MinRestartBackoff * factor : MaxRestartBackoff;
    }

    private static int Size(Config config, string key, int minimum, int maximum)
    {
        var bytes = config.GetByteSize(key);
        Require(bytes >= minimum && bytes <= maximum, key, $"must be a size between {minimum} and {maximum} bytes");
        return checked((int)bytes!.Value);
    }

    private static int Count(Config config, string key)
    {
        var count = config.GetInt(key);
        Require(count >= 1, key, "must be at least 1");
        return count;
    }

    private static TimeSpan Positive(Config config, string key)
    {
        var time = config.GetTimeSpan(key, TimeSpan.Zero, allowInfinite: false);
        Require(time > TimeSpan.Zero, key, "must be a time greater than zero");
        return time;
    }

    private static void Require(bool condition, string key, string problem)
    {
        if (!condition) throw new ConfigurationException($"{Path}.{key} {problem}.");
    }
}
