using System.Diagnostics;
using Xunit.Abstractions;

namespace RetainActors.Storage.Tests;

/// <summary>RETAIN_STORAGE_SWEEP=full tries every bit and offset; otherwise a sample of them is tried.</summary>
public class DamageSweepSpecs(ITestOutputHelper output)
{
    [Theory(DisplayName = "FileLog should give the exact log, a named error or SegmentCorrupt for the damaged records, whatever is damaged")]
    [InlineData(LogEnd.Clean)]
    [InlineData(LogEnd.Crashed)]
    [InlineData(LogEnd.Idle)]
    [InlineData(LogEnd.Rolled)]
    [InlineData(LogEnd.Compacted)]
    [InlineData(LogEnd.Recycled)]
    public async Task Sweep(LogEnd end)
    {
        var log = await SweptLog.CreateAsync(end);
        var size = log.Image.Files.Values.Sum(bytes => bytes.Length);
        output.WriteLine($"{end}: {log.Image.Segments.Count()} segments, {size} bytes with the mark");
        foreach (var (kind, damages) in DamagesOf(log))
        {
            var clock = Stopwatch.StartNew();
            var (count, refused, partly) = (0, 0, 0);
            var violations = damages.AsParallel().Select(damage =>
            {
                var outcome = SweptLog.Open(damage.Image);
                Interlocked.Increment(ref count);
                if (outcome.Failure is not null) Interlocked.Increment(ref refused);
                if (outcome.Damaged.Length > 0) Interlocked.Increment(ref partly);
                return log.Judge(damage, outcome);
            }).Where(violation => violation is not null).ToArray();
            output.WriteLine(
                $"{end}, {kind}: {count} opened, {refused} refused by name, {partly} with only the damaged records unreadable, "
                + $"{count - refused - partly} exact or cut as after a crash, {violations.Length} violations, {clock.Elapsed.TotalSeconds:F1} s");
            Assert.True(violations.Length == 0, $"{violations.Length} of {count}: {string.Join("; ", violations.Take(5))}");
        }
    }

    [Theory(DisplayName = "The damage check should notice a reader that stops at the first bad checksum")]
    [InlineData(LogEnd.Clean)]
    [InlineData(LogEnd.Crashed)]
    [InlineData(LogEnd.Idle)]
    [InlineData(LogEnd.Rolled)]
    public async Task Negative_control(LogEnd end)
    {
        var log = await SweptLog.CreateAsync(end);
        var undamaged = new SweptLog.Damage("nothing", log.Image, log.Image.Segments.First(), 0, 0);
        Assert.Null(log.Judge(undamaged, SweptLog.ReadUpToTheFirstBadChecksum(log.Image)));
        Assert.Null(log.Judge(undamaged, SweptLog.Open(log.Image)));
        foreach (var (kind, damages) in DamagesOf(log))
        {
            var found = damages.Count(damage => log.Judge(damage, SweptLog.ReadUpToTheFirstBadChecksum(damage.Image)) is not null);
            output.WriteLine($"{end}, {kind}: {found} found");
            Assert.True(found > 0, $"{kind} would go unnoticed");
        }
    }

    private static (string Kind, IEnumerable<SweptLog.Damage> Damages)[] DamagesOf(SweptLog log) =>
    [
        ("bits flipped", log.Flips(Sweeps.IsFull ? 1 : 211)),
        ("cut", log.Cuts(Sweeps.IsFull ? 1 : 31)),
        ("zeros to the end", log.Zeros(Sweeps.IsFull ? 1 : 31, int.MaxValue)),
        ("512 zeros", log.Zeros(Sweeps.IsFull ? 1 : 61, 512)),
        ("deleted, copied, moved, swapped", log.Misplacements()),
    ];
}
