using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace RetainActors.Storage.Tests.Kills;

/// <summary>
/// Lives of a log on a disk whose writes and flushes are recorded, and states in which a power cut may have left that disk.
/// RETAIN_BLOCK_STATES says how many of them each file system sees.
/// </summary>
public class BlockStateSpecs(ITestOutputHelper output)
{
    private const int StatesOfALife = 50;

    /// <summary>So few states need not show what is true of nearly all, or of one in three.</summary>
    private const int FewStates = 100;

    private static readonly int States = TestNumber.Of("RETAIN_BLOCK_STATES", 8);

    [SkippableTheory(DisplayName = "A log on a disk that lost or tore any of the writes since its last flush should hold all that was acknowledged")]
    [InlineData("ext4")]
    [InlineData("xfs")]
    public void Crash(string kind)
    {
        var (acknowledged, lost, violations) = Try(kind, States, "");
        Assert.True(violations.Count == 0, violations.FirstOrDefault());
        Assert.True(acknowledged > 0);
        Assert.True(lost > 0 || States < FewStates);
    }

    [SkippableTheory(DisplayName = "The states of a disk should notice a log that does not sync, in nearly all of them")]
    [InlineData("ext4")]
    [InlineData("xfs")]
    public void Control(string kind)
    {
        var states = Math.Max(4, States / 10);
        var (_, _, violations) = Try(kind, states, "no-sync");
        Assert.True(violations.Count >= (States < FewStates ? 0.5 : 0.9) * states, $"{violations.Count} of {states}");
    }

    private (long Acknowledged, long Lost, List<string> Violations) Try(string kind, int states, string lie)
    {
        BlockFileSystem.Require(kind);
        var watch = Stopwatch.StartNew();
        using var place = new BlockFileSystem(kind);
        var (acknowledged, lost, violations, seed) = (0L, 0L, new List<string>(), Environment.TickCount);
        for (var tried = 0; tried < states;)
        {
            var random = new Random(++seed);
            var transcript = new Transcript(place.Disk);
            var events = Live(place, transcript, random, lie);
            acknowledged += transcript.Acknowledged;
            for (var last = Math.Min(states, tried + StatesOfALife); tried < last; tried++)
            {
                // Before anything is acknowledged, a log that does not sync has nothing to lose.
                var cut = random.Next(lie.Length == 0 ? 0 : transcript.FirstAcknowledged, events.Length + 1);
                place.Mount(CrashState.At(place.Empty, events.AsSpan(0, cut), random, out var lostNow));
                lost += lostNow;
                if (transcript.Check(place.Log, cut) is { } violation) violations.Add($"seed {seed}, {cut} of {events.Length}: {violation}");
                place.Unmount();
            }
        }

        output.WriteLine(
            $"{kind} {lie}: {states} states with {lost} writes lost or torn, {acknowledged} acknowledged, " +
            $"{violations.Count} violations, {watch.Elapsed.TotalSeconds:0} s");
        return (acknowledged, lost, violations);
    }

    /// <summary>A life of two processes, both killed, and what it did to the disk.</summary>
    private static BlockEvent[] Live(BlockFileSystem place, Transcript transcript, Random random, string lie)
    {
        place.Mount(place.Empty);
        BlockEvent[] events = [];
        for (var process = 1; process <= 2; process++)
        {
            using var driver = DriverProcess.Start("churn", place.Log, random.Next(1_000_000).ToString(CultureInfo.InvariantCulture), lie);
            for (var lines = random.Next(20, 150); lines > 0; lines--) Assert.Null(transcript.Take(driver.ReadLine() ?? "ended by itself"));
            driver.Kill();
            // Unmounting makes durable what nobody synced.
            events = place.Disk.Events();
            foreach (var line in driver.ReadToEnd()) Assert.Null(transcript.Take(line));
        }

        place.Unmount();
        return events;
    }
}
