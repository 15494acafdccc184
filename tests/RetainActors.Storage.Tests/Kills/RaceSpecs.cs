using System.Diagnostics;
using Xunit.Abstractions;

namespace RetainActors.Storage.Tests.Kills;

/// <summary>RETAIN_RACE_CYCLES says how often processes race for one folder.</summary>
public class RaceSpecs(ITestOutputHelper output)
{
    private const int Starters = 6;

    private static readonly int Races = int.TryParse(Environment.GetEnvironmentVariable("RETAIN_RACE_CYCLES"), out var wanted) ? wanted : 3;

    [Fact(DisplayName = "Of processes that race for a folder exactly one should own it, and the next race begin as soon as that one is killed")]
    public void One_owner()
    {
        using var temp = new TempDirectory();
        var watch = Stopwatch.StartNew();
        for (var race = 0; race < Races; race++)
        {
            var answers = Race(temp.File("journal"));
            Assert.Equal(["failed RootInUse", "open"], answers.Distinct().Order(StringComparer.Ordinal));
            Assert.Single(answers, "open");
        }

        output.WriteLine($"{Races} races of {Starters} processes, one owner each, {watch.Elapsed.TotalSeconds:0} s");
    }

    [Fact(DisplayName = "The races should notice a log without a lock")]
    public void Control()
    {
        using var temp = new TempDirectory();
        // Without a lock they also spoil each other's files, in this way or that.
        Assert.Contains(Enumerable.Range(0, 3).Select(_ => Race(temp.File("journal"), "no-lock")), answers => answers.Count(answer => answer == "open") != 1);
    }

    /// <summary>What each of them says; all are killed then.</summary>
    private static List<string?> Race(string directory, string lie = "")
    {
        var starters = Enumerable.Range(0, Starters).Select(_ => DriverProcess.Start("hold", directory, lie)).ToList();
        try
        {
            return [.. starters.Select(starter => starter.ReadLine())];
        }
        finally
        {
            foreach (var starter in starters) starter.Dispose();
        }
    }
}
