using Xunit.Abstractions;

namespace RetainActors.Hosting.Tests.Kills;

/// <summary>RETAIN_CLOCK_JUMPS says how often the clock jumps.</summary>
public class ClockSpecs(ITestOutputHelper output)
{
    private const int MostDays = 3650;
    private const int LinesBetweenJumps = 20;

    private static readonly int Jumps = TestNumber.Of("RETAIN_CLOCK_JUMPS", 40);

    [SkippableFact(DisplayName = "A clock that jumps by years and hours, back too, should change no answer, no order and no deadline")]
    public void Jumping()
    {
        var (oracle, failed, violation) = Live();
        output.WriteLine($"{Jumps} jumps, {oracle.Acknowledged} acknowledged, {failed} refused or unknown");
        Assert.Null(violation);
        Assert.True(oracle.Acknowledged > 0);
        Assert.Equal(0, failed);
    }

    [SkippableFact(DisplayName = "The jumps should be noticed by a service that keeps its deadlines by the wall clock")]
    public void Control() => Assert.True(Live("wall-clock").Failed > 0);

    /// <summary>How many requests were not acknowledged before the service was told to stop, and what must not be.</summary>
    private static (LoadOracle Oracle, int Failed, string? Violation) Live(params string[] ways)
    {
        JumpingClock.Require();
        using var temp = new TempDirectory();
        var (oracle, random, failed) = (new LoadOracle(), new Random(1), 0);
        using (var service = JumpingClock.Start(temp, ways))
        {
            for (var jump = 0; jump < Jumps; jump++)
            {
                // As far as ten years, an hour as in spring, and back to the truth.
                service.SetTo(random.Next(3) switch { 0 => TimeSpan.Zero, 1 => TimeSpan.FromHours((random.Next(2) * 2) - 1), _ => TimeSpan.FromDays(random.Next(-MostDays, MostDays)) });
                for (var line = 0; line < LinesBetweenJumps; line++)
                    if (service.ReadLine() is not { } told) return (oracle, failed, "it ended by itself");
                    else if (oracle.Take(told) is { } wrong) return (oracle, failed, wrong);
            }

            failed = oracle.NotAcknowledged;
            service.Signal("TERM");
            if (service.ReadToEnd(oracle.Take) is { } late) return (oracle, failed, late);
        }

        // What the next life finds, by the true time.
        var unanswered = oracle.Unanswered;
        oracle.Begin();
        using var next = ChildProcess.Start("RetainActors.Hosting.Driver.dll", temp.File("root"), "2");
        while (next.ReadLine() is { } line && line != "ready")
            if (oracle.Take(line) is { } wrong)
                return (oracle, failed, wrong);
        return (oracle, failed, unanswered == 0 ? null : $"{unanswered} requests without an answer");
    }
}
