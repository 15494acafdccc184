using RetainActors.Cli.Tests.Commands;

namespace RetainActors.Cli.Tests.EndToEnd;

public sealed class KillSpecs : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly KillScenario _scenario;

    public KillSpecs() => _scenario = new KillScenario(_directory);

    public void Dispose() => _directory.Dispose();

    [Fact(DisplayName = "Killed with SIGKILL at many moments and started again, every source should complete with no acknowledged state run twice")]
    public Task Documents_of_our_own() =>
        _scenario.KillAndRerunAsync(Documents.Folder(_directory), filesAtKill: [1, 4, 15, 30, 60, 100], endedAtKill: []);

    [SkippableFact(DisplayName = "After SIGTERM the tool should exit 130 with its saves acknowledged, and the next run should go on")]
    public async Task Terminated()
    {
        Requires.Linux();
        var folder = Documents.Folder(_directory, copies: 1);
        CliResult stopped;
        using (var process = _scenario.Start(folder, latencyMs: 200))
        {
            await process.AwaitLinesAsync(3);
            stopped = await process.TerminateAsync();
        }

        Assert.Equal(ExitCode.Cancelled, stopped.ExitCode);
        Assert.Contains("stopped: ", stopped.Error, StringComparison.Ordinal);
        Assert.True(stopped.Counts.Completed >= 3);
        Assert.Equal(0, stopped.Counts.Failed);
        Assert.True(File.Exists(Path.Combine(_scenario.Root, "journal", "CLEAN")), "the journal was not closed in good order");

        using var again = _scenario.Start(folder, latencyMs: 0);
        var result = await again.EndAsync();
        Assert.Equal(ExitCode.Ok, result.ExitCode);
        Assert.Equal(stopped.Counts.Completed, result.Counts.UpToDate);
        Assert.True(result.Counts.Resumed > 0);
        await _scenario.AssertCompleteAsync(folder);
    }
}
