using System.Diagnostics;
using Xunit.Abstractions;

namespace RetainActors.Hosting.Tests.Kills;

/// <summary>RETAIN_SERVICE_CYCLES says how many services are killed, and how many are stopped.</summary>
public class ServiceKillSpecs(ITestOutputHelper output)
{
    /// <summary>What is lost is what was on its way at the kill: one service may have had nothing there, so many have not.</summary>
    private const int MaxControlCycles = 12;

    private const int AtATime = 2;

    private static readonly int? Wanted = int.TryParse(Environment.GetEnvironmentVariable("RETAIN_SERVICE_CYCLES"), out var wanted) ? wanted : null;

    [Fact(DisplayName = "A service that is killed at any moment should have all it acknowledged, and nothing else, life after life")]
    public Task Killed() => LivesAsync("kills", services => services.Kill());

    [SkippableFact(DisplayName = "A service that is told to stop under load should answer every request and keep all it acknowledged")]
    public Task Stopped()
    {
        Requires.Linux();
        return LivesAsync("stops", services => services.Stop());
    }

    [Fact(DisplayName = "The kills of services should notice one that acknowledges before it asks")]
    public void Control()
    {
        var wasLost = Enumerable.Range(1, MaxControlCycles).Any(cycle =>
        {
            using var temp = new TempDirectory();
            var services = new Services(temp.File("root"), cycle * 1000, "ack-first");
            // Until something of it was acknowledged.
            while (services.Oracle.Acknowledged == 0)
                if (services.Kill() is not null)
                    return true;
            return services.Kill() is not null;
        });
        Assert.True(wasLost, $"{MaxControlCycles} services lost nothing");
    }

    private async Task LivesAsync(string what, Func<Services, string?> live)
    {
        var cycles = Wanted ?? 6;
        var watch = Stopwatch.StartNew();
        var chains = await Task.WhenAll(Enumerable.Range(1, AtATime).Select(chain => Task.Run(() => Chain(chain, cycles / AtATime, live))));
        output.WriteLine(
            $"{cycles} {what}, {chains.Sum(chain => chain.Services.Oracle.Acknowledged)} acknowledged, "
            + $"{chains.Sum(chain => chain.Services.Oracle.NotAcknowledged)} refused or unknown, "
            + $"slowest stop {chains.Max(chain => chain.Services.SlowestStop.TotalSeconds):0.0} s, {watch.Elapsed.TotalSeconds:0} s");
        Assert.True(chains.All(chain => chain.Violation is null), string.Join('\n', chains.Select(chain => chain.Violation)));
        Assert.All(chains, chain => Assert.True(chain.Services.Oracle.Acknowledged > 0));
    }

    private static (Services Services, string? Violation) Chain(int chain, int cycles, Func<Services, string?> live)
    {
        using var temp = new TempDirectory();
        var services = new Services(temp.File("root"), Environment.TickCount + (chain << 24));
        string? violation = null;
        for (var cycle = 0; cycle < cycles && violation is null; cycle++) violation = live(services);
        return (services, violation);
    }
}
