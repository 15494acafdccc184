using System.Diagnostics;
using RetainActors.Cli.Tests.Commands;
using RetainActors.Cli.Tests.MarkdownPipeline;

namespace RetainActors.Cli.Tests.EndToEnd;

public sealed class RootSpecs : IDisposable
{
    private readonly TempDirectory _directory = new();

    private string Root => _directory.File("root");

    public void Dispose() => _directory.Dispose();

    [Fact(DisplayName = "A second process on one root should exit 5 naming the owner, while show reads beside it")]
    public async Task In_use()
    {
        using var owner = RetainProcess.Start("run", Documents.Folder(_directory), "--bank", "b", "--root", Root, "--json", "--parallel", "1", "--model-latency", "1000");
        await owner.AwaitLinesAsync(1);

        var second = await RetainProcess.RunAsync("run", Handbook.Folder, "--bank", "b", "--root", Root, "--json");
        var shown = await RetainProcess.RunAsync("show", "b", "part-0/README.md", "--root", Root, "--json");
        await owner.KillAsync();

        Assert.Equal(ExitCode.RootInUse, second.ExitCode);
        Assert.Equal("RootInUse", second.Lines[^1].GetProperty("error").GetProperty("reason").GetString());
        Assert.Contains($"process {owner.Id} ", second.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, shown.ExitCode);
        Assert.Equal("part-0/README.md", shown.Lines[0].GetProperty("source").GetString());
    }

    [SkippableFact(DisplayName = "retain log verify beside a running owner should change no byte and find no damage")]
    public async Task Verified_in_use()
    {
        Requires.Linux();
        using var owner = RetainProcess.Start("run", Documents.Folder(_directory), "--bank", "b", "--root", Root, "--json", "--parallel", "1", "--model-latency", "1000");
        await owner.AwaitLinesAsync(1);
        // Frozen, wherever it was: what changes now, the tool has changed.
        await owner.SignalAsync("STOP");
        var before = FileBytes.Of(Root);

        var verified = await RetainProcess.RunAsync("log", "verify", "--root", Root, "--json");

        var after = FileBytes.Of(Root);
        await owner.SignalAsync("CONT");
        // The comparison sees a change when there is one.
        await owner.AwaitAsync(() => FileBytes.Of(Root) != after);
        await owner.KillAsync();
        Assert.Equal(before, after);
        Assert.Equal((ExitCode.Ok, ""), (verified.ExitCode, verified.Error));
        Assert.Equal(owner.Id, verified.Summary.GetProperty("ownerProcessId").GetInt32());
        Assert.True(verified.Summary.GetProperty("records").GetInt64() > 0);
    }

    [Fact(DisplayName = "Akka's log should go to standard error, and only when the configuration asks for it")]
    public async Task Akka_log()
    {
        var config = _directory.Write("my.conf", "akka.loglevel = INFO");

        var quiet = await RetainProcess.RunAsync("run", Handbook.Folder, "--bank", "b", "--root", Root, "--json");
        var loud = await RetainProcess.RunAsync("run", Handbook.Folder, "--bank", "b", "--root", Root, "--json", "--config", config);

        Assert.Equal("", quiet.Error);
        Assert.Contains("akka info: ", loud.Error, StringComparison.Ordinal);
        Assert.Equal(4, loud.Lines.Count);
    }

    [SkippableFact(DisplayName = "On a full disk the tool should name the failure and exit 2, and go on when there is space")]
    public async Task Full_disk()
    {
        Requires.Linux();
        Requires.Root();
        var mount = Directory.CreateDirectory(_directory.File("small")).FullName;
        await ToolAsync("mount", "-t", "tmpfs", "-o", "size=300k,mode=700", "tmpfs", mount);
        try
        {
            var folder = Documents.Folder(_directory);
            var root = Path.Combine(mount, "root");
            var full = await RetainProcess.RunAsync("run", folder, "--bank", "b", "--root", root, "--json");
            await ToolAsync("mount", "-o", "remount,size=64m", mount);
            var again = await RetainProcess.RunAsync("run", folder, "--bank", "b", "--root", root, "--json");

            Assert.Equal(ExitCode.Failed, full.ExitCode);
            Assert.Contains(full.Lines[^1].GetProperty("error").GetProperty("reason").GetString(), new[] { "JournalFull", "BankFull" });
            Assert.Contains("Free space", full.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", full.Error, StringComparison.Ordinal);
            Assert.Equal(ExitCode.Ok, again.ExitCode);
            AssertKept(full, again);
        }
        finally
        {
            await ToolAsync("umount", mount);
        }
    }

    [SkippableFact(DisplayName = "On a read-only file system the tool should name the failure and exit 2; show should work")]
    public async Task Read_only()
    {
        Requires.Linux();
        Requires.Root();
        var mount = Directory.CreateDirectory(_directory.File("frozen")).FullName;
        await ToolAsync("mount", "-t", "tmpfs", "-o", "size=16m,mode=700", "tmpfs", mount);
        try
        {
            await RetainProcess.RunAsync("run", Handbook.Folder, "--bank", "b", "--root", mount);
            await ToolAsync("mount", "-o", "remount,ro", mount);
            var old = await RetainProcess.RunAsync("run", Handbook.Folder, "--bank", "b", "--root", mount, "--json");
            var fresh = await RetainProcess.RunAsync("run", Handbook.Folder, "--bank", "b", "--root", Path.Combine(mount, "new"), "--json");
            var shown = await RetainProcess.RunAsync("show", "b", "tides.md", "--root", mount);

            Assert.All([old, fresh], result =>
            {
                Assert.Equal(ExitCode.Failed, result.ExitCode);
                Assert.Contains("EROFS", result.Error, StringComparison.Ordinal);
                Assert.Single(result.Error.TrimEnd('\n').Split('\n'));
            });
            Assert.Equal(ExitCode.Ok, shown.ExitCode);
        }
        finally
        {
            await ToolAsync("umount", mount);
        }
    }

    [SkippableTheory(DisplayName = "When the kernel fails a sync the tool should name it, acknowledge nothing after it, and recover in the next run")]
    [InlineData(5)]
    [InlineData(12)]
    [InlineData(40)]
    public async Task Failed_sync(int nth)
    {
        Requires.Linux();
        Requires.Tool("strace");
        var folder = Documents.Folder(_directory, copies: 1);
        var trace = _directory.File("trace");
        using var process = RetainProcess.StartThrough(
            "strace",
            ["-f", "-qq", "-o", trace, "-e", "trace=fdatasync,fsync", "-e", $"inject=fdatasync,fsync:error=EIO:when={nth}+"],
            "run", folder, "--bank", "b", "--root", Root, "--json", "--parallel", "2");
        var failed = await process.EndAsync();

        Assert.Contains("EIO", File.ReadAllText(trace), StringComparison.Ordinal);
        Assert.Equal(ExitCode.Failed, failed.ExitCode);
        Assert.Contains("EIO", failed.Error, StringComparison.Ordinal);
        Assert.Contains(failed.Lines[^1].GetProperty("error").GetProperty("reason").GetString(), new[] { "JournalPoisoned", "BankUnavailable", "RootUnavailable" });
        Assert.DoesNotContain("   at ", failed.Error, StringComparison.Ordinal);

        var again = await RetainProcess.RunAsync("run", folder, "--bank", "b", "--root", Root, "--json");
        Assert.Equal(ExitCode.Ok, again.ExitCode);
        AssertKept(failed, again);
        var contexts = await Checkpoints.ReadAsync(Root, "b", Documents.Sources(folder));
        foreach (var (source, line) in failed.Sources)
            if (line.GetProperty("outcome").GetString() == "completed")
                Checkpoints.AssertEachStateRanOnce(contexts[source]);
    }

    /// <summary>
    /// What was told to be completed is up to date now. There may be more: the last save of a source can have landed although
    /// the root failed before anybody was told.
    /// </summary>
    private static void AssertKept(CliResult failed, CliResult again) => Assert.All(
        failed.Sources.Where(line => line.Value.GetProperty("outcome").GetString() == "completed"),
        line => Assert.Equal("upToDate", again.Sources[line.Key].GetProperty("outcome").GetString()));

    private static async Task ToolAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }
}
