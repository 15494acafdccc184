using System.Text.Json;
using RetainActors.Cli.Tests.Commands;

namespace RetainActors.Cli.Tests.EndToEnd;

/// <summary>Runs the tool on a folder, kills it, and looks at what the runs after it made of that.</summary>
internal sealed class KillScenario(TempDirectory directory)
{
    public string Root => directory.File("root");

    /// <summary>Kills runs at moments: when so many files are below the root, or when so many sources have ended.</summary>
    public async Task KillAndRerunAsync(string folder, int[] filesAtKill, int[] endedAtKill)
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

    /// <summary>Every source is completed, each state ran once, and the bank is that of an undisturbed run.</summary>
    public async Task AssertCompleteAsync(string folder)
    {
        var sources = Documents.Sources(folder);
        var contexts = await Checkpoints.ReadAsync(Root, "b", sources);
        Assert.All(sources, source => Checkpoints.AssertEachStateRanOnce(contexts[source]));

        var undisturbed = directory.File("undisturbed");
        var result = await RetainProcess.RunAsync("run", folder, "--bank", "b", "--root", undisturbed, "--json");
        Assert.Equal(ExitCode.Ok, result.ExitCode);
        Assert.Equal(BankOutput.Of(undisturbed, "b"), BankOutput.Of(Root, "b"));
        Assert.Equal(sources.Length, File.ReadLines(Path.Combine(Root, "banks", "b", "log.md")).Count(line => line.StartsWith("- ", StringComparison.Ordinal)));
    }

    public RetainProcess Start(string folder, int latencyMs) =>
        RetainProcess.Start("run", folder, "--bank", "b", "--root", Root, "--json", "--parallel", "4", "--model-latency", $"{latencyMs}");

    private int CountFiles() => Directory.Exists(Root) ? Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories).Count() : 0;
}
