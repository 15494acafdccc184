using System.Diagnostics;
using System.Globalization;
using RetainActors.Storage.Driver;
using Xunit.Abstractions;

namespace RetainActors.Storage.Tests.Kills;

/// <summary>
/// Disks that fail writes and flushes below a real file system, for a while or until the log is closed.
/// RETAIN_DEVICE_CYCLES says how often for each file system.
/// </summary>
public class DeviceErrorSpecs(ITestOutputHelper output)
{
    /// <summary>About one in three is caught: of the others, many lose nothing, and of the rest the file system tells by other calls.</summary>
    private const int CyclesOfControl = 40;
    private const int FewestCaught = 2;

    /// <summary>So long a driver may go on that has not noticed: what failed was nothing that it waits for.</summary>
    private const int LinesUnnoticed = 200;

    /// <summary>Later, compaction would have copied what was lost from the page cache, which still has it.</summary>
    private const int LinesUnnoticedOfControl = 20;

    private static readonly int Cycles = TestNumber.Of("RETAIN_DEVICE_CYCLES", 4);

    [SkippableTheory(DisplayName = "A log whose disk fails should tell of it, acknowledge nothing from then on, and hold all from before")]
    [InlineData("ext4")]
    [InlineData("xfs")]
    public void Fails(string kind)
    {
        var (told, acknowledged, violations) = Try(kind, Cycles, enough: 1);
        Assert.True(violations.Count == 0, violations.FirstOrDefault());
        Assert.True(told > 0);
        Assert.True(acknowledged > 0);
    }

    [SkippableTheory(DisplayName = "The failing disks should notice a log that does not look at what a sync returns")]
    [InlineData("ext4")]
    [InlineData("xfs")]
    public void Control(string kind)
    {
        // A change need not know how many.
        var enough = Cycles < CyclesOfControl ? 1 : CyclesOfControl;
        var (_, _, violations) = Try(kind, CyclesOfControl, enough, "deaf");
        Assert.True(violations.Count >= Math.Min(enough, FewestCaught), $"{violations.Count} of {CyclesOfControl}");
    }

    private (int Told, long Acknowledged, List<string> Violations) Try(string kind, int cycles, int enough, string lie = "")
    {
        BlockFileSystem.Require(kind);
        var watch = Stopwatch.StartNew();
        using var place = new BlockFileSystem(kind);
        var (told, failures, acknowledged, violations, seed) = (0, 0L, 0L, new List<string>(), Environment.TickCount);
        var cycle = 0;
        for (; cycle < cycles && violations.Count < enough; cycle++)
        {
            var random = new Random(++seed);
            var transcript = new FailingTranscript();
            place.Mount(place.Empty);
            var violation = Live(place, transcript, random, lie);
            failures += place.Disk.Failed;
            place.Disk.Heal();
            place.Unmount();
            place.Mount();
            violation ??= Lives.Check(place.Log, transcript.Oracle);
            place.Unmount();
            if (transcript.HasFailed) told++;
            acknowledged += transcript.Oracle.Acknowledged;
            if (violation is not null) violations.Add($"seed {seed}: {violation}");
        }

        output.WriteLine(
            $"{kind} {lie}: {cycle} cycles, {failures} writes and flushes failed, told of in {told}, {acknowledged} acknowledged, " +
            $"{violations.Count} violations, {watch.Elapsed.TotalSeconds:0} s");
        return (told, acknowledged, violations);
    }

    /// <summary>A life during which the disk begins to fail; null while nothing is told that must not be.</summary>
    private static string? Live(BlockFileSystem place, FailingTranscript transcript, Random random, string lie)
    {
        using var driver = DriverProcess.Start("insist", place.Log, random.Next(1_000_000).ToString(CultureInfo.InvariantCulture), lie);
        string? violation = null;
        for (var lines = random.Next(5, 100); lines > 0 && violation is null; lines--) violation = transcript.Take(driver.ReadLine());
        // A sync that fails once, and works again while the log is still open, is the worst of them.
        var isControl = lie.Length > 0;
        var failures = isControl ? 1 : random.Next(3) == 0 ? long.MaxValue : random.Next(1, 6);
        place.Disk.Fail(random.Next(30), failures);
        for (var lines = isControl ? LinesUnnoticedOfControl : LinesUnnoticed; lines > 0 && violation is null && !transcript.HasFailed; lines--) violation = transcript.Take(driver.ReadLine());
        driver.EndInput();
        return driver.ReadToEnd().Select(transcript.Take).Prepend(violation).FirstOrDefault(wrong => wrong is not null);
    }

    /// <summary>What a driver tells whose disk fails.</summary>
    private sealed class FailingTranscript
    {
        // Workers whose request was made after a failure had been told of.
        private readonly HashSet<string> _late = [];

        internal ChurnOracle Oracle { get; } = new();

        internal bool HasFailed { get; private set; }

        internal string? Take(string? line)
        {
            if (line is null) return "ended by itself";
            if (line.StartsWith(Churn.Failure, StringComparison.Ordinal))
            {
                HasFailed = true;
                return null;
            }

            var worker = line.Split(' ').ElementAtOrDefault(1) ?? "";
            if (HasFailed && line.StartsWith("try ", StringComparison.Ordinal)) _late.Add(worker);
            if (_late.Contains(worker) && line.StartsWith("ack ", StringComparison.Ordinal)) return "acknowledged after a failure";
            return Oracle.Take(line);
        }
    }
}
