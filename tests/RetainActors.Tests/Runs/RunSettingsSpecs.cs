using Akka.Configuration;
using RetainActors.Runs;

namespace RetainActors.Tests.Runs;

public sealed class RunSettingsSpecs
{
    [Fact(DisplayName = "The defaults of retain.run should be those that its page names")]
    public void Defaults() => Assert.Equal(
        new RunSettings(
            MaxLiveRuns: 256,
            MaxWaitingRuns: 100_000,
            MaxSteps: 10_000,
            ParkAfter: 5,
            StateTimeout: null,
            CancelGrace: TimeSpan.FromSeconds(10),
            new Backoff(TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(5), 0.2),
            BusyTimeout: TimeSpan.FromSeconds(120)),
        From(""));

    [Fact(DisplayName = "Parking and the timeout of states should be switched off and on")]
    public void Off()
    {
        var settings = From("park-after = off\nstate-timeout = 90 s");

        Assert.Equal((int.MaxValue, TimeSpan.FromSeconds(90)), (settings.ParkAfter, settings.StateTimeout));
    }

    [Theory(DisplayName = "A setting of retain.run that is out of range should be refused by its name")]
    [InlineData("max-live-runs = 0")]
    [InlineData("max-waiting-runs = 0")]
    [InlineData("max-steps = 0")]
    [InlineData("park-after = 0")]
    [InlineData("state-timeout = 0 s")]
    [InlineData("cancel-grace = 0 s")]
    [InlineData("busy.min-backoff = 0 s")]
    [InlineData("busy.max-backoff = 50 ms")]
    [InlineData("busy.timeout = 0 s")]
    public void Refused(string setting)
    {
        var refusal = Assert.Throws<ConfigurationException>(() => From(setting));

        Assert.StartsWith($"retain.run.{setting.Split(' ')[0]} must be ", refusal.Message, StringComparison.Ordinal);
    }

    private static RunSettings From(string settings) => RunSettings.From(
        ConfigurationFactory.ParseString($"retain.run {{ {settings} }}").WithFallback(RetainCheckpoints.DefaultConfig));
}
