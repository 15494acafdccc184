using Akka.Configuration;
using RetainActors.Diagnostics;

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
    /// <summary>Runs that were refused together should not come back together.</summary>
    private const double BusyJitter = 0.2;

    /// <summary>What is measured.</summary>
    public RunTelemetry Telemetry { get; init; } = new(KeyTags.None);

    /// <summary>Reads and checks the settings.</summary>
    /// <exception cref="ConfigurationException">Names the key that is missing or out of range.</exception>
    public static RunSettings From(Config root)
    {
        var section = ConfigSection.At(root, "retain.run");
        var (min, max) = (section.Time("busy.min-backoff"), section.Time("busy.max-backoff"));
        section.Require(min <= max, "busy.max-backoff", "must be at least busy.min-backoff");
        return new RunSettings(
            section.Count("max-live-runs"),
            section.Count("max-waiting-runs"),
            section.Count("max-steps"),
            section.Text("park-after") is "off" ? int.MaxValue : section.Count("park-after"),
            section.TimeOrOff("state-timeout"),
            section.Time("cancel-grace"),
            new Backoff(min, max, BusyJitter),
            section.Time("busy.timeout"))
        {
            Telemetry = RunTelemetry.From(root),
        };
    }
}
