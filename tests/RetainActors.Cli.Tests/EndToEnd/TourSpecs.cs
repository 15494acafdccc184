using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace RetainActors.Cli.Tests.EndToEnd;

public sealed class TourSpecs : IDisposable
{
    private const string Mark = "@@ step ";
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(10);

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Trait("Category", "Packaging")]
    [SkippableFact(DisplayName = "docs/tour.md should print what stands there: packed, installed as a tool, killed, resumed, rewound, backed up and restored")]
    public Task Operator() => PrintsAsync("tour.md", atLeast: 30);

    [SkippableFact(DisplayName = "docs/tour-python.md should print what stands there: Astrocyte's files imported, gone on with, and exported")]
    public Task Python() => PrintsAsync("tour-python.md", atLeast: 15);

    [Theory(DisplayName = "A transcript should take dots for what differs, and nothing else")]
    [InlineData("a … c", "a b c\n", true)]
    [InlineData("a … c", "a b d\n", false)]
    [InlineData("a\n…\nc", "a\nx\ny\nc\n", true)]
    [InlineData("a\n…\nc", "a\nc\n", true)]
    [InlineData("a", "a\nb\n", false)]
    [InlineData("a\nb", "a\n", false)]
    [InlineData("a  b", "\n a b  \n────\n\n", true)]
    [InlineData("", "a\n", false)]
    public void Wildcards(string expected, string output, bool isMet) =>
        Assert.Equal(isMet, new ConsoleStep("", [.. expected.Split('\n')]).IsMetBy(output));

    private async Task PrintsAsync(string page, int atLeast)
    {
        Requires.Linux();
        Requires.Tool("bash");
        var steps = ConsoleTranscript.Of(await File.ReadAllTextAsync(Repository.File("docs", page))).Steps;
        Assert.True(steps.Count >= atLeast, "the page has lost its commands");

        var outputs = await ReplayAsync(steps);

        foreach (var (step, output) in steps.Zip(outputs))
            Assert.True(step.IsMetBy(output), $"$ {step.Command}\nshould print\n{string.Join('\n', step.Expected)}\nand printed\n{output}");
        Assert.Equal(steps.Count, outputs.Count);
    }

    /// <summary>Runs all commands in one bash, as a reader would, in a folder of its own.</summary>
    private async Task<IReadOnlyList<string>> ReplayAsync(IReadOnlyList<ConsoleStep> steps)
    {
        // The tool comes from the packed folder only, and leaves nothing of itself in the home directory.
        _directory.Write("nuget.config", "<configuration><packageSources><clear /></packageSources></configuration>");
        // Until a page installs the tool, its commands find the one that was built.
        _directory.Write("built/retain", $"#!/bin/sh\nexec dotnet '{RetainProcess.Dll}' \"$@\"\n");
        var script = new StringBuilder($$"""
            exec 2>&1
            chmod u+x built/retain
            dotnet() {
                if [ "$1" != pack ]; then command dotnet "$@"; return; fi
                command dotnet pack "$REPOSITORY/$2" --no-build --configuration "$CONFIGURATION" "${@:3}"
            }

            """);
        foreach (var (step, index) in steps.Select((step, index) => (step, index)))
            // What the command before it has left in $? is kept for this one.
            script.Append(CultureInfo.InvariantCulture, $"status=$?; echo; echo '{Mark}{index}'; (exit $status)\n{step.Command}\n");
        var start = new ProcessStartInfo("bash", ["--norc", _directory.Write("tour.sh", script.ToString())])
        {
            WorkingDirectory = _directory.Path,
            RedirectStandardOutput = true,
            Environment =
            {
                ["REPOSITORY"] = Repository.Root,
                ["PATH"] = $"{Environment.GetEnvironmentVariable("PATH")}:{_directory.File("built")}",
                ["CONFIGURATION"] = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug",
                ["DOTNET_CLI_HOME"] = _directory.File("home"),
                ["DOTNET_SKIP_FIRST_TIME_EXPERIENCE"] = "1",
                ["DOTNET_ADD_GLOBAL_TOOLS_TO_PATH"] = "0",
            },
        };
        using var bash = Process.Start(start)!;
        using var timeout = new CancellationTokenSource(Deadline);
        var output = new StringBuilder();
        try
        {
            while (await bash.StandardOutput.ReadLineAsync(timeout.Token) is { } line) output.Append(line).Append('\n');
            await bash.WaitForExitAsync(timeout.Token);
            return [.. output.ToString().Split($"\n{Mark}").Skip(1).Select(part => part[(part.IndexOf('\n', StringComparison.Ordinal) + 1)..])];
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"The tour did not end within {Deadline.TotalMinutes} min. It printed:\n{output}");
        }
        finally
        {
            if (!bash.HasExited) bash.Kill(entireProcessTree: true);
        }
    }
}
