using Akka.Configuration;

namespace RetainActors.Runs;

/// <summary>The settings of <c>retain.run</c>; the defaults and their meaning stand in <c>reference.conf</c>.</summary>
internal sealed record RunSettings(
    int MaxLiveRuns,
    int MaxWaitingRuns,
    int MaxSteps,
    int ParkAfter,
    TimeSpan? StateTimeout,
    TimeSpan CancelGrace,
    Backoff BusyBackoff,
    TimeSpan BusyTimeout)
{
    private const string Path = "retain.run";

    /// <summary>Reads and checks the settings.</summary>
    /// <exception cref="ConfigurationException">Names the key that is missing or out of range.</exception>
    public static RunSettings From(Config root)
    {
        var config = root.GetConfig(Path) ?? throw new ConfigurationException($"{Path} is missing.");
        var (min, max) = (Positive(config, "busy.min-backoff"), Positive(config, "busy.max-backoff"));
        Require(min <= max, "busy.max-backoff", "must be at least busy.min-backoff");
        return new RunSettings(
            Count(config, "max-live-runs"),
            Count(config, "max-waiting-runs"),
            Count(config, "max-steps"),
            config.GetString("park-after") is "off" ? int.MaxValue : Count(config, "park-after"),
            config.GetString("state-timeout") is "off" ? null : Positive(config, "state-timeout"),
            Positive(config, "cancel-grace"),
            new Backoff(min, max, BusyJitter),
            Positive(config, "busy.timeout"));
    }

    /// <summary>Runs that were refused together should not come back together.</summary>
    private const double BusyJitter = 0.2;

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
