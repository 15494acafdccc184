using System.Diagnostics;
using Xunit.Abstractions;

namespace RetainActors.Storage.Tests.Kills;

/// <summary>RETAIN_KILL_CYCLES says how many processes are killed.</summary>
public class KillSpecs(ITestOutputHelper output)
{
    private const int AtATime = 4;
    private const int ControlCycles = 12;

    private static readonly int Cycles = int.TryParse(Environment.GetEnvironmentVariable("RETAIN_KILL_CYCLES"), out var wanted) ? wanted : 60;

    [Fact(DisplayName = "A log whose process is killed at any moment should hold all that was acknowledged and nothing else, life after life")]
    public async Task Killed()
    {
        var watch = Stopwatch.StartNew();
        var chains = await Task.WhenAll(Enumerable.Range(1, AtATime).Select(chain => Task.Run(() => Chain(chain, Cycles / AtATime))));
        output.WriteLine($"{Cycles} kills, {chains.Sum(chain => chain.Acknowledged)} acknowledged, {watch.Elapsed.TotalSeconds:0} s");
        Assert.True(chains.All(chain => chain.Violation is null), string.Join('\n', chains.Select(chain => chain.Violation)));
        Assert.All(chains, chain => Assert.True(chain.Acknowledged > 0));
    }

    [Fact(DisplayName = "The kills should notice a log that acknowledges before it writes")]
    public void Control()
    {
        var lost = Enumerable.Range(1, ControlCycles).Count(cycle =>
        {
            using var temp = new TempDirectory();
            var lives = new Lives(temp.File("journal"), cycle * 1000, "ack-first");
            return (lives.Live(driver => driver.Kill()) ?? lives.Check()) is not null;
        });
        output.WriteLine($"{lost} of {ControlCycles} lives lost something");
        Assert.True(lost > 0, $"{lost} of {ControlCycles}");
    }

    private static (long Acknowledged, string? Violation) Chain(int chain, int cycles)
    {
        using var temp = new TempDirectory();
        var lives = new Lives(temp.File("journal"), Environment.TickCount + (chain << 24));
        string? violation = null;
        for (var cycle = 0; cycle < cycles && violation is null; cycle++) violation = lives.Live(driver => driver.Kill());
        return (lives.Acknowledged, violation ?? lives.Check());
    }
}
