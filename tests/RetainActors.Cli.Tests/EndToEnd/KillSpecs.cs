using System.Text.Json;
using RetainActors.Cli.Tests.Commands;

namespace RetainActors.Cli.Tests.EndToEnd;

public sealed class KillSpecs : IDisposable
{
    private readonly TempDirectory _directory = new();

    private string Root => _directory.File("root");

    public void Dispose() => _directory.Dispose();

    [Fact(DisplayName = "Killed with SIGKILL at many moments and started again, every source should complete with no acknowledged state run twice")]
    public async Task Documents_of_our_own()
    {
        // A moment is a number of files seen below the root, or of sources that have ended.
        await KillAndRerunAsync(Documents.Folder(_directory), filesAtKill: [1, 4, 9, 15, 22, 30, 45, 60, 80, 100], endedAtKill: []);
    }

    [SkippableFact(DisplayName = "The documentation of Akka.NET, killed several times, should end as in an undisturbed run")]
    public async Task Corpus()
    {
        Requires.SharedFolder("corpus");
        await KillAndRerunAsync(Path.Combine(Repository.Shared, "corpus"), filesAtKill: [40, 700], endedAtKill: [20]);
    }

    [SkippableFact(DisplayName = "After SIGTERM the tool should exit 130 with its saves acknowledged, and the next run should go on")]
    public async Task Terminated()
    {
        Requires.Linux();
        var folder = Documents.Folder(_directory);
        CliResult stopped;
        using (var process = Start(folder, latencyMs: 200))
        {
            await process.AwaitLinesAsync(3);
            stopped = await process.TerminateAsync();
        }

        Assert.Equal(ExitCode.Cancelled, stopped.ExitCode);
        Assert.Contains("stopped: ", stopped.Error, StringComparison.Ordinal);
        Assert.True(stopped.Counts.Completed >= 3);
        Assert.Equal(0, stopped.Counts.Failed);
        Assert.True(File.Exists(Path.Combine(Root, "journal", "CLEAN")), "the journal was not closed in good order");

        using var again = Start(folder, latencyMs: 0);
        var result = await again.EndAsync();
        Assert.Equal(ExitCode.Ok, result.ExitCode);
        Assert.Equal(stopped.Counts.Completed, result.Counts.UpToDate);
        Assert.True(result.Counts.Resumed > 0);
        await AssertCompleteAsync(folder);
    }

    private async Task KillAndRerunAsync(string folder, int[] filesAtKill, int[] endedAtKill)
    {
        var resumed = 0;
        foreach (var files in filesAtKill)
        {
            using var process = Start(folder, latencyMs: 50);
            var before = CountFiles();
            await process.AwaitAsync(() => CountFiles() >= Math.Max(files, before + 1));
            resumed += (await process.KillAsync()).Sources.Values.Count(line => line.GetProperty("resumedAt").ValueKind != JsonValueKind.Null);
        }

        foreach (var ended in endedAtKill)
        {
            using var process = Start(folder, latencyMs: 50);
            await process.AwaitLinesAsync(ended);
            await process.KillAsync();
        }

        using var last = Start(folder, latencyMs: 0);
        var result = await last.EndAsync();
        Assert.Equal("", result.Error);
        Assert.Equal(ExitCode.Ok, result.ExitCode);
        Assert.True(resumed + result.Counts.Resumed > 0, "no kill ever hit a run on its way");
        await AssertCompleteAsync(folder);

        var again = await RetainProcess.RunAsync("run", folder, "--bank", "b", "--root", Root, "--json");
        Assert.All(again.Sources.Values, line => Assert.Equal(0, line.GetProperty("statesRun").GetArrayLength()));
    }

    private async Task AssertCompleteAsync(string folder)
    {
        var sources = Documents.Sources(folder);
        var contexts = await Checkpoints.ReadAsync(Root, "b", sources);
        Assert.All(sources, source => Checkpoints.AssertEachStateRanOnce(contexts[source]));

        var undisturbed = _directory.File("undisturbed");
        var result = await RetainProcess.RunAsync("run", folder, "--bank", "b", "--root", undisturbed, "--json");
        Assert.Equal(ExitCode.Ok, result.ExitCode);
        Assert.Equal(BankOutput.Of(undisturbed, "b"), BankOutput.Of(Root, "b"));
        Assert.Equal(sources.Length, File.ReadLines(Path.Combine(Root, "banks", "b", "log.md")).Count(line => line.StartsWith("- ", StringComparison.Ordinal)));
    }

    private RetainProcess Start(string folder, int latencyMs) =>
        RetainProcess.Start("run", folder, "--bank", "b", "--root", Root, "--json", "--parallel", "4", "--model-latency", $"{latencyMs}");

    private int CountFiles() => Directory.Exists(Root) ? Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories).Count() : 0;
}
