using System.Diagnostics;
using Xunit.Abstractions;

namespace RetainActors.Storage.Tests.Kills;

/// <summary>
/// Death at a system call, then again at one of the recovery from it, and of the recovery from that; and failing syncs. RETAIN_CALLS=full takes every
/// call of every step; otherwise a few are taken, others each time.
/// </summary>
public class SystemCallSpecs(ITestOutputHelper output)
{
    private const int Samples = 4;

    private static readonly string[] Errors = ["EIO", "ENOSPC", "EDQUOT", "EROFS"];

    private static readonly bool IsFull = Environment.GetEnvironmentVariable("RETAIN_CALLS") == "full";

    [SkippableTheory(DisplayName = "A log whose process dies at any system call, and again in both recoveries, should hold all that was acknowledged")]
    [InlineData("open", "retain-step")]
    [InlineData("append", "retain-commit")]
    [InlineData("compact", "retain-maintena")]
    [InlineData("close", "retain-step")]
    public void Dies(string name, string thread)
    {
        RequireTracing();
        using var temp = new TempDirectory();
        var step = new StepName(name, thread);
        var begin = Begin(temp.File("begin"), isTorn: name == "open");
        var watch = Stopwatch.StartNew();
        var points = Points(temp, begin, step);
        var recovery = Points(temp, Begin(temp.File("torn"), isTorn: true), StepName.Open);
        var (died, violations) = (0, new List<string>());
        foreach (var (point, at) in Sample(points))
        {
            using var place = new TempDirectory();
            var (log, oracle) = (begin.CopyTo(place.File("journal")), begin.Oracle());
            var violation = TracedStep.Die(log, step, oracle, point.Call, point.N, out var isDead);
            if (isDead) died++;
            foreach (var again in new[] { recovery[at % recovery.Count], recovery[(at * 7 + 3) % recovery.Count] })
                violation ??= TracedStep.Die(log, StepName.Open, oracle, again.Call, again.N, out _);
            violation ??= Lives.Check(log, oracle);
            if (violation is not null) violations.Add($"{name} at {point.Call} {point.N}: {violation}");
        }

        output.WriteLine($"{name}: {points.Count} calls, {died} deaths, {violations.Count} violations, {watch.Elapsed.TotalSeconds:0} s");
        Assert.True(violations.Count == 0, violations.FirstOrDefault());
        Assert.True(died > 0);
    }

    [SkippableTheory(DisplayName = "A log of which the kernel fails any sync should tell of it, acknowledge nothing after it, and hold all from before")]
    [InlineData("append", "retain-commit", "fdatasync")]
    [InlineData("append", "retain-commit", "fsync")]
    [InlineData("compact", "retain-maintena", "fdatasync")]
    public void Sync_fails(string name, string thread, string call)
    {
        RequireTracing();
        using var temp = new TempDirectory();
        var step = new StepName(name, thread);
        var begin = Begin(temp.File("begin"), isTorn: false);
        // Each of them, alone and from it on.
        var points = (from point in Points(temp, begin, step)
                      where point.Call == call
                      from error in Errors
                      from more in new[] { "", "+" }
                      select (Error: error, When: $"{point.N}{more}")).ToList();
        var tried = 0;
        foreach (var (point, _) in Sample(points))
        {
            using var place = new TempDirectory();
            var (log, oracle) = (begin.CopyTo(place.File("journal")), begin.Oracle());
            Assert.Null(TracedStep.Fail(log, step, oracle, call, point.Error, point.When) ?? Lives.Check(log, oracle));
            tried++;
        }

        output.WriteLine($"{name}: {tried} of {points.Count} failures of {call}");
        Assert.True(tried > 0);
    }

    [SkippableFact(DisplayName = "The failing syncs should notice a log that does not look at what a sync returns")]
    public void Sync_control()
    {
        RequireTracing();
        using var temp = new TempDirectory();
        var begin = Begin(temp.File("journal"), isTorn: false);
        Assert.NotNull(TracedStep.Fail(begin.Directory, StepName.Append with { Lie = "deaf" }, begin.Oracle(), "fdatasync", "EIO", "3"));
    }

    [SkippableFact(DisplayName = "The deaths at system calls should notice a log that acknowledges before it writes")]
    public void Control()
    {
        RequireTracing();
        using var temp = new TempDirectory();
        var begin = Begin(temp.File("journal"), isTorn: false);
        var (log, oracle) = (begin.Directory, begin.Oracle());
        var violation = TracedStep.Die(log, StepName.Append with { Lie = "ack-first" }, oracle, "pwrite64", 3, out var died);
        Assert.Null(violation);
        Assert.True(died);
        Assert.NotNull(Lives.Check(log, oracle));
    }

    private static void RequireTracing()
    {
        Requires.Linux();
        Requires.Root();
        Requires.Tool("strace");
    }

    /// <summary>A log of some segments that nobody closed, with records deleted in all of them; also with a torn end.</summary>
    private static Beginning Begin(string directory, bool isTorn)
    {
        List<string> told;
        using (var driver = DriverProcess.Start("step", directory, "3", "append"))
        {
            driver.WriteLine("go");
            told = driver.ReadToEnd();
            Assert.Contains("ready", told);
        }

        if (!isTorn) return new Beginning(directory, told);
        var last = Directory.EnumerateFiles(directory, "*.segment").Order(StringComparer.Ordinal).Last();
        File.WriteAllBytes(last, [.. File.ReadAllBytes(last), .. new byte[] { 1, 2, 3, 4, 5 }]);
        File.WriteAllBytes(Path.Combine(directory, "00000000000000000099.0.segment.tmp"), [1]);
        return new Beginning(directory, told);
    }

    private static List<(string Call, int N)> Points(TempDirectory temp, Beginning begin, StepName step)
    {
        var counted = begin.CopyTo(temp.File($"{step.Name}-{Path.GetFileName(begin.Directory)}"));
        return [.. TracedStep.Count(counted, step, begin.Oracle(), temp.File("calls"))
            .GroupBy(call => call).SelectMany(calls => Enumerable.Range(1, calls.Count()).Select(n => (calls.Key, n)))];
    }

    private static IEnumerable<(T Point, int At)> Sample<T>(List<T> points)
    {
        var stride = IsFull ? 1 : Math.Max(1, points.Count / Samples);
        for (var i = IsFull ? 0 : Random.Shared.Next(stride); i < points.Count; i += stride) yield return (points[i], i);
    }

    /// <summary>A log on disk, and what the driver that made it has told.</summary>
    private sealed record Beginning(string Directory, List<string> Told)
    {
        internal ChurnOracle Oracle()
        {
            var oracle = new ChurnOracle();
            Assert.All(Told, line => Assert.Null(oracle.Take(line)));
            return oracle;
        }

        internal string CopyTo(string directory)
        {
            PosixFileSystem.Instance.CreateDirectory(directory);
            foreach (var file in System.IO.Directory.EnumerateFiles(Directory)) File.Copy(file, Path.Combine(directory, Path.GetFileName(file)));
            return directory;
        }
    }
}
