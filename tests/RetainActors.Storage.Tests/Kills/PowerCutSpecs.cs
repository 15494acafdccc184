using System.Diagnostics;
using Xunit.Abstractions;

namespace RetainActors.Storage.Tests.Kills;

/// <summary>RETAIN_POWER_CYCLES says how many power cuts each file system sees.</summary>
public class PowerCutSpecs(ITestOutputHelper output)
{
    private const double FewestLosses = 0.95;

    private static readonly int Cycles = int.TryParse(Environment.GetEnvironmentVariable("RETAIN_POWER_CYCLES"), out var wanted) ? wanted : 0;

    public static TheoryData<string, string> Disks
    {
        get
        {
            var disks = new TheoryData<string, string> { { "ext4", "commit=5" }, { "xfs", "rw" } };
            if (Cycles == 0) return disks;
            foreach (var more in new[] { "commit=1", "commit=1000" }) disks.Add("ext4", more);
            foreach (var more in new[] { "logbsize=32k", "allocsize=1m" }) disks.Add("xfs", more);
            return disks;
        }
    }

    [SkippableTheory(DisplayName = "A log on a real file system whose power is cut should hold all that was acknowledged and nothing else, life after life")]
    [MemberData(nameof(Disks))]
    public void Cut(string kind, string options)
    {
        LoopDisk.Require(kind);
        var cycles = Cycles > 0 ? Math.Max(1, Cycles / 3) : 6;
        var watch = Stopwatch.StartNew();
        using var disk = new LoopDisk(kind, options);
        var lives = new Lives(Path.Combine(disk.Folder, "journal"), Environment.TickCount);
        string? violation = null;
        // A process that is killed leaves in memory what the next one must make durable before it serves it.
        for (var cycle = 0; cycle < cycles && violation is null; cycle++)
            violation = (cycle % 3 == 0 ? lives.Live(driver => driver.Kill()) : null) ?? lives.Live(disk.Cut);
        violation ??= lives.Check();
        output.WriteLine($"{kind} {options}: {cycles} power cuts, {lives.Acknowledged} acknowledged, {watch.Elapsed.TotalSeconds:0} s");
        Assert.Null(violation);
        Assert.True(lives.Acknowledged > 0);
    }

    [SkippableTheory(DisplayName = "The power cuts should notice a log that does not sync, nearly every time")]
    [InlineData("ext4")]
    [InlineData("xfs")]
    public void Control(string kind)
    {
        LoopDisk.Require(kind);
        var cycles = Cycles > 0 ? 60 : 4;
        using var disk = new LoopDisk(kind, "rw");
        var lost = Enumerable.Range(1, cycles).Count(cycle =>
        {
            var lives = new Lives(Path.Combine(disk.Folder, $"journal{cycle}"), cycle * 1000, "no-sync");
            while (lives.Acknowledged == 0)
                if (lives.Live(disk.Cut) is not null)
                    return true;
            return lives.Check() is not null;
        });
        output.WriteLine($"{kind}: {lost} of {cycles} power cuts lost something");
        Assert.True(lost >= FewestLosses * cycles, $"{lost} of {cycles}");
    }
}
