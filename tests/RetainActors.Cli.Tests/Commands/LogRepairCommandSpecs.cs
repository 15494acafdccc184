using RetainActors.Cli.Tests.MarkdownPipeline;

namespace RetainActors.Cli.Tests.Commands;

public sealed class LogRepairCommandSpecs : IDisposable
{
    private readonly TempDirectory _directory = new();

    private string Root => _directory.File("root");

    private string Repaired => _directory.File("repaired");

    public void Dispose() => _directory.Dispose();

    [Fact(DisplayName = "retain log repair should copy a sound journal whole and exit 0; the new root serves its checkpoints")]
    public async Task Sound()
    {
        await RetainCli.RunAsync("run", Handbook.Folder, "--bank", "b", "--root", Root);
        var before = FileBytes.Of(Root);

        var repair = await RunAsync("--json");

        Assert.Equal((ExitCode.Ok, ""), (repair.ExitCode, repair.Error));
        Assert.Equal(0, repair.Summary.GetProperty("leftOut").GetInt64());
        Assert.Equal(Repaired, repair.Summary.GetProperty("output").GetString());
        Assert.Equal(before, FileBytes.Of(Root));
        var original = await RetainCli.RunAsync("show", "b", "tides.md", "--root", Root, "--json");
        Assert.Equal(original.Output, (await RetainCli.RunAsync("show", "b", "tides.md", "--root", Repaired, "--json")).Output);
        Assert.Equal(ExitCode.Ok, (await RetainCli.RunAsync("log", "verify", "--root", Repaired)).ExitCode);
    }

    [Fact(DisplayName = "retain log repair should name what it left out, exit 3, and give a root that opens")]
    public async Task Damaged()
    {
        await RetainCli.RunAsync("run", Handbook.Folder, "--bank", "b", "--root", Root);
        var file = OddLogs.Damage(_directory.File("root", "journal"));

        var repair = await RunAsync("--json");

        Assert.Equal(ExitCode.Corrupt, repair.ExitCode);
        var left = repair.Lines[0].GetProperty("leftOut");
        Assert.Equal((file, 120), (left.GetProperty("file").GetString(), left.GetProperty("offset").GetInt64()));
        Assert.Equal(1, repair.Summary.GetProperty("leftOut").GetInt64());
        var events = repair.Summary.GetProperty("events").GetInt64();
        Assert.True(events > 20, $"{events} events");
        Approval.Verify(
            repair.Output.Replace(_directory.Path, "DIR", StringComparison.Ordinal)
                .Replace($"\"events\":{events}", "\"events\":0", StringComparison.Ordinal),
            Handbook.ApprovedFile("log-repair.jsonl"));
        Assert.Equal(ExitCode.Ok, (await RetainCli.RunAsync("log", "verify", "--root", Repaired)).ExitCode);
        Assert.Equal(ExitCode.Corrupt, (await RetainCli.RunAsync("log", "verify", "--root", Root)).ExitCode);
    }

    [Fact(DisplayName = "retain log repair should refuse an output that is not empty, or is the root or in it, and make nothing")]
    public async Task Refusals()
    {
        await RetainCli.RunAsync("run", Handbook.Folder, "--bank", "b", "--root", Root);
        var before = FileBytes.Of(Root);
        _directory.Write("repaired/note.txt", "mine");

        foreach (var output in new[] { Repaired, Root, Path.Combine(Root, "journal", "new") })
        {
            var result = await RetainCli.RunAsync("log", "repair", "--root", Root, "--output", output);
            Assert.Equal(ExitCode.Usage, result.ExitCode);
            Assert.Contains("Give --output a", result.Error, StringComparison.Ordinal);
        }

        Assert.Equal(before, FileBytes.Of(Root));
        Assert.Equal(ExitCode.Usage, (await RetainCli.RunAsync("log", "repair", "--root", Root)).ExitCode);
    }

    [Fact(DisplayName = "retain log repair should refuse what a newer version wrote with exit 2, and make nothing")]
    public async Task Newer()
    {
        await RetainCli.RunAsync("run", Handbook.Folder, "--bank", "b", "--root", Root);
        OddLogs.MakeNewer(_directory.File("root", "journal"));

        var result = await RunAsync("--json");

        Assert.Equal(ExitCode.Failed, result.ExitCode);
        Assert.Equal("FormatTooNew", result.Lines[0].GetProperty("error").GetProperty("reason").GetString());
        Assert.Contains("Use that version", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Repaired));
    }

    [Fact(DisplayName = "retain log repair should refuse a root in use with exit 5 and make nothing")]
    public async Task In_use()
    {
        using var owner = Storage.FileLog.Open(
            new Storage.FileLogSettings { Directory = _directory.File("root", "journal") }, Storage.PosixFileSystem.Instance);

        var result = await RunAsync();

        Assert.Equal(ExitCode.RootInUse, result.ExitCode);
        Assert.Contains($"process {Environment.ProcessId} ", result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Repaired));
    }

    private Task<CliResult> RunAsync(params string[] options) =>
        RetainCli.RunAsync(["log", "repair", "--root", Root, "--output", Repaired, .. options]);
}
