using System.Diagnostics;
using Xunit.Abstractions;

namespace RetainActors.Hosting.Tests.Kills;

/// <summary>One long life of a service under load, with faults that pass. RETAIN_SOAK_MINUTES says how long.</summary>
public class SoakSpecs(ITestOutputHelper output)
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ControlTime = TimeSpan.FromMinutes(1);

    [Trait("Category", "Soak")]
    [SkippableFact(DisplayName = "A service under load, paused and without space now and then, should answer every request, keep all it acknowledged, and hold no more in the end")]
    public async Task Hours()
    {
        var (oracle, growth, violation) = await LiveAsync(TimeSpan.FromMinutes(TestNumber.Of("RETAIN_SOAK_MINUTES", 5)), "no-tally");
        Assert.Null(violation);
        Assert.True(oracle.Acknowledged > 0);
        Assert.Null(growth.Leak);
    }

    [Trait("Category", "Soak")]
    [SkippableFact(DisplayName = "The soak should notice a service that leaks")]
    public async Task Control()
    {
        var (_, growth, violation) = await LiveAsync(ControlTime, "no-tally", "leak");
        Assert.Null(violation);
        Assert.NotNull(growth.Leak);
    }

    private async Task<(LoadOracle Oracle, Growth Growth, string? Violation)> LiveAsync(TimeSpan time, params string[] ways)
    {
        SmallDisk.Require();
        using var disk = new SmallDisk();
        var (oracle, random, seen, watch) = (new LoadOracle(), new Random(1), new List<Holdings>(), Stopwatch.StartNew());
        var (pauses, full) = (0, 0);
        using var service = Start(disk, 1, ways);
        var reading = Task.Run(() => service.ReadToEnd(line => oracle.Take(line)));
        for (var next = TimeSpan.FromSeconds(10); watch.Elapsed < time && !service.HasExited; await Task.Delay(Look))
        {
            seen.Add(Holdings.Of(service.ProcessId, watch.Elapsed));
            if (watch.Elapsed < next) continue;
            next = watch.Elapsed + TimeSpan.FromSeconds(random.Next(10, 40));
            var lasting = TimeSpan.FromMilliseconds(random.Next(100, 4000));
            if (pauses <= full)
            {
                pauses++;
                service.Signal("STOP");
                await Task.Delay(lasting);
                service.Signal("CONT");
            }
            else
            {
                full++;
                disk.Fill();
                await Task.Delay(lasting);
                disk.Free();
            }
        }

        service.Signal("TERM");
        var violation = await reading ?? (oracle.Unanswered == 0 ? null : $"{oracle.Unanswered} requests without an answer");
        var growth = Growth.Of(seen);
        output.WriteLine(
            $"{watch.Elapsed.TotalMinutes:0} min, {pauses} pauses, {full} times no space, {oracle.Acknowledged} acknowledged, {oracle.NotAcknowledged} refused or unknown; "
            + $"{seen[^1].ResidentMiB:0} MiB, {growth.ResidentMiB:+0.0;-0.0} MiB and {growth.Handles:+0;-0;0} open files within {growth.Time.TotalMinutes:0} min");
        return (oracle, growth, violation ?? Again(disk, oracle, ways));
    }

    /// <summary>What the next life finds.</summary>
    private static string? Again(SmallDisk disk, LoadOracle oracle, string[] ways)
    {
        oracle.Begin();
        using var service = Start(disk, 2, ways);
        while (service.ReadLine() is { } line && line != "ready")
            if (oracle.Take(line) is { } wrong)
                return wrong;
        return null;
    }

    private static ChildProcess Start(SmallDisk disk, int life, string[] ways) =>
        ChildProcess.Start("RetainActors.Hosting.Driver.dll", [Path.Combine(disk.Folder, "root"), $"{life}", .. ways]);
}
