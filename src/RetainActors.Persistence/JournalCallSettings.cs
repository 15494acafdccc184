using Akka.Configuration;
using Akka.Persistence.Journal;
using static RetainActors.Persistence.SectionReader;

namespace RetainActors.Persistence;

/// <summary>The keys that every journal has and Akka's own base class would read: circuit breaker and replay filter.</summary>
internal sealed record JournalCallSettings
{
    public int MaxFailures { get; init; } = 10;

    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(60);

    public TimeSpan ResetTimeout { get; init; } = TimeSpan.FromSeconds(30);

    public ReplayFilterMode FilterMode { get; init; } = ReplayFilterMode.Fail;

    public int FilterWindowSize { get; init; } = 100;

    public int FilterMaxOldWriters { get; init; } = 10;

    public bool FilterDebug { get; init; }

    /// <exception cref="ConfigurationException">A value is missing or out of range; the message names the key.</exception>
    public static JournalCallSettings From(Config section) => new()
    {
        MaxFailures = Count(section, "circuit-breaker.max-failures"),
        CallTimeout = Wait(section, "circuit-breaker.call-timeout", TimeSpan.FromMilliseconds(1)),
        ResetTimeout = Wait(section, "circuit-breaker.reset-timeout", TimeSpan.FromMilliseconds(1)),
        FilterMode = Read(section, "replay-filter.mode", key => section.GetString(key)) switch
        {
            "off" => ReplayFilterMode.Disabled,
            "warn" => ReplayFilterMode.Warn,
            "repair-by-discard-old" => ReplayFilterMode.RepairByDiscardOld,
            "fail" => ReplayFilterMode.Fail,
            var other => throw new ConfigurationException(
                $"'replay-filter.mode' must be off, warn, repair-by-discard-old or fail, not '{other}'."),
        },
        FilterWindowSize = Count(section, "replay-filter.window-size"),
        FilterMaxOldWriters = Count(section, "replay-filter.max-old-writers"),
        FilterDebug = Read(section, "replay-filter.debug", key => section.GetBoolean(key)),
    };

    private static int Count(Config section, string key)
    {
        var count = Read(section, key, k => section.GetInt(k));
        return count > 0 ? count : throw new ConfigurationException($"'{key}' is {count}; it must be positive.");
    }
}
