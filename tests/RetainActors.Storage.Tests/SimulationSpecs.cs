using System.Diagnostics;
using System.Reflection;
using Xunit.Abstractions;

namespace RetainActors.Storage.Tests;

public class SimulationSpecs(ITestOutputHelper output)
{
    private const int Steps = 200;
    private const int SeedsToFindALostSync = 1000;

    /// <summary>The seeds that found one before come first, to save time; all others follow when none of them does any more.</summary>
    private static readonly int[] FoundBefore = [1, 8, 102, 577];

    /// <summary>RETAIN_STORAGE_SEEDS says how many lives are tried.</summary>
    [Fact(DisplayName = "Any life of faults, restarts and power cuts should keep every acknowledged record, exactly, in order, once")]
    public void Keeps_its_promises()
    {
        var seeds = int.TryParse(Environment.GetEnvironmentVariable("RETAIN_STORAGE_SEEDS"), out var wanted) ? wanted : 100;
        var violations = Enumerable.Range(1, seeds).AsParallel().AsOrdered().Select(seed => new Simulation(seed, inner => inner).Run(Steps))
            .Where(violation => violation is not null).ToArray();
        Assert.True(violations.Length == 0, $"{violations.Length} of {seeds}; the first: {violations.FirstOrDefault()}");
    }

    [Fact(DisplayName = "The simulation should notice checksums that do not tell a segment from the one that was in its file before")]
    public void Finds_missing_seeds()
    {
        var found = Enumerable.Range(1, 20).Count(seed => new Simulation(seed, inner => inner, () => 7).Run(Steps) is not null);
        output.WriteLine($"{found} of 20 lives");
        Assert.True(found > 0);
    }

    [SkippableFact(DisplayName = "The simulation should find the loss of every single sync call in the code")]
    public void Finds_every_lost_sync()
    {
        // Optimized code inlines and tail-calls, and then a stack frame no longer tells one call from another.
        Requires.That(
            typeof(FileLog).Assembly.GetCustomAttribute<DebuggableAttribute>()?.IsJITOptimizerDisabled == true,
            "needs a Debug build, whose stack frames name every call");
        var sites = new HashSet<string>(StringComparer.Ordinal);
        for (var seed = 1; seed <= 20; seed++)
            Assert.Null(new Simulation(seed, inner => new SyncSites(inner, swallowed: null, sites)).Run(Steps));

        foreach (var site in sites.Order(StringComparer.Ordinal))
        {
            var found = FoundBefore.Concat(Enumerable.Range(1, SeedsToFindALostSync)).FirstOrDefault(
                seed => new Simulation(seed, inner => new SyncSites(inner, site, new HashSet<string>(StringComparer.Ordinal))).Run(Steps) is not null);
            output.WriteLine($"{site}: {(found == 0 ? "not found" : $"found by seed {found}")}");
            Assert.True(found > 0, $"{site} can be lost without a trace");
        }

        // Not fewer than the calls in the code; inlining may make one look like two.
        Assert.True(sites.Count >= CountSyncCalls(), $"{sites.Count} places of {CountSyncCalls()} were reached");
    }

    private static int CountSyncCalls() => Directory
        .EnumerateFiles(Repository.File("src", "RetainActors.Storage"), "*.cs", SearchOption.TopDirectoryOnly)
        .Append(Repository.File("src", "RetainActors.Storage", "Files", "DurableFile.cs"))
        .Sum(path => File.ReadLines(path).Count(line =>
            line.Contains("ile.Sync();", StringComparison.Ordinal) || line.Contains("ystem.SyncDirectory(", StringComparison.Ordinal)));
}
