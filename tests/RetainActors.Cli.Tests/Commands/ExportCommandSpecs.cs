using System.Diagnostics;
using RetainActors.Cli.Tests.MarkdownPipeline;

namespace RetainActors.Cli.Tests.Commands;

public sealed class ExportCommandSpecs : IDisposable
{
    private readonly TempDirectory _directory = new();

    private string Root => _directory.File("root");

    private string Exported => _directory.File("exported");

    public void Dispose() => _directory.Dispose();

    [Fact(DisplayName = "retain export should write each checkpoint under a name of its own, say which are not Astrocyte's, and take them back unchanged")]
    public async Task Names()
    {
        CheckpointKey[] keys = [new("b", "plain.md"), new("b", "Plain.md"), new("b", "a/b"), new("b", "a_b"), new("..", "up"), new("b", ".."), new("b", "\u001b[31m")];
        await SaveAsync([.. keys.Select(key => new RetainContext(key) { TextSha256 = "ab12", CompletedState = "READ", NextState = "WIKI" })]);

        var result = await ExportAsync("--json");

        Assert.Equal((ExitCode.Ok, ""), (result.ExitCode, result.Error));
        Approval.Verify(result.Output, Handbook.ApprovedFile("export.jsonl"));
        Assert.Equal(
            result.Lines.SkipLast(1).Select(line => line.GetProperty("file").GetString()).Order(StringComparer.Ordinal),
            Files(Exported));
        Assert.Equal(["exported", "root"], Directory.GetFileSystemEntries(_directory.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        var again = await RetainCli.RunAsync("import", Exported, "--root", Root);
        Assert.Equal((ExitCode.Ok, "0 imported, 7 unchanged, 0 not imported\n"), (again.ExitCode, again.Output));
    }

    [Fact(DisplayName = "retain export should tell people the counts, and each renamed checkpoint on standard error without control characters")]
    public async Task Text()
    {
        await SaveAsync(new RetainContext(new CheckpointKey("b", "s")), new RetainContext(new CheckpointKey("b", "\u001b[31m")));

        var result = await ExportAsync();

        Assert.Equal((ExitCode.Ok, "2 exported, 0 unchanged, 0 not exported; 1 renamed\n"), (result.ExitCode, result.Output));
        Assert.StartsWith("renamed b/", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', result.Error);
    }

    [Fact(DisplayName = "retain export done again should leave equal files alone and refuse to replace others without --overwrite")]
    public async Task Overwrite()
    {
        await SaveAsync(new RetainContext(new CheckpointKey("b", "1")), new RetainContext(new CheckpointKey("b", "2")));
        await ExportAsync();
        var other = _directory.Write("exported/b/2.json", "somebody else's");

        var refused = await ExportAsync("--json");

        Assert.Equal(ExitCode.Failed, refused.ExitCode);
        Assert.Equal(["unchanged", "failed"], refused.Lines.SkipLast(1).Select(line => line.GetProperty("outcome").GetString()));
        Assert.Equal("Exists", refused.Lines[1].GetProperty("error").GetProperty("reason").GetString());
        Assert.Equal("somebody else's", File.ReadAllText(other));

        Assert.Equal(ExitCode.Ok, (await ExportAsync("--overwrite")).ExitCode);
        Assert.Contains("\"source_id\": \"2\"", File.ReadAllText(other), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "retain export should never write through a link or over a directory, with --overwrite either")]
    public async Task Links()
    {
        await SaveAsync(
            new RetainContext(new CheckpointKey("linked", "s")), new RetainContext(new CheckpointKey("b", "link")), new RetainContext(new CheckpointKey("b", "directory")));
        var outside = Directory.CreateDirectory(_directory.File("outside")).FullName;
        var target = _directory.Write("outside/target", "untouched");
        Directory.CreateDirectory(Path.Combine(Exported, "b", "directory.json"));
        File.CreateSymbolicLink(Path.Combine(Exported, "linked"), outside);
        File.CreateSymbolicLink(Path.Combine(Exported, "b", "link.json"), target);

        var refused = await ExportAsync("--json");
        Assert.Equal(["Exists", "Exists", "Unavailable"], refused.Lines.SkipLast(1).Select(line => line.GetProperty("error").GetProperty("reason").GetString()));

        var forced = await ExportAsync("--json", "--overwrite");
        Assert.Equal(["failed", "exported", "failed"], forced.Lines.SkipLast(1).Select(line => line.GetProperty("outcome").GetString()));
        Assert.Equal("untouched", File.ReadAllText(target));
        Assert.Equal(["target"], Directory.GetFileSystemEntries(outside).Select(Path.GetFileName));
        Assert.Null(new FileInfo(Path.Combine(Exported, "b", "link.json")).LinkTarget);
    }

    [Fact(DisplayName = "retain export should work beside a running owner, take one bank, and refuse the root as its folder")]
    public async Task Beside_owner()
    {
        await SaveAsync(new RetainContext(new CheckpointKey("a", "1")), new RetainContext(new CheckpointKey("b", "1")));
        await using var owner = await RetainSystem.StartAsync(RetainConfig.Load(Root, null, readOnly: false), _ => { }, CancellationToken.None);

        // The owner proves the last batch to readers when it has been idle for 100 ms.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        do
        {
            Assert.Equal(ExitCode.Ok, (await ExportAsync("--bank", "b")).ExitCode);
        }
        while (!Directory.Exists(Exported) && !patience.IsCancellationRequested);
        Assert.Equal(["b/1.json"], Files(Exported));

        foreach (var folder in new[] { Root, Path.Combine(Root, "journal", "x") })
        {
            var refused = await RetainCli.RunAsync("export", folder, "--root", Root);
            Assert.Equal(ExitCode.Usage, refused.ExitCode);
            Assert.Contains("OutputInvalid", refused.Error, StringComparison.Ordinal);
        }
    }

    [Fact(DisplayName = "What retain run left should come back from its exported files as the same checkpoints in another root")]
    public async Task Other_root()
    {
        await RetainCli.RunAsync("run", Handbook.Folder, "--bank", "b", "--root", Root);
        Assert.Equal(ExitCode.Ok, (await ExportAsync()).ExitCode);

        var other = _directory.File("other");
        Assert.Equal(ExitCode.Ok, (await RetainCli.RunAsync("import", Exported, "--root", other)).ExitCode);

        var sources = Directory.GetFiles(Handbook.Folder, "*.md", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Handbook.Folder, file)).ToList();
        var (before, after) = (await EndToEnd.Checkpoints.ReadAsync(Root, "b", sources), await EndToEnd.Checkpoints.ReadAsync(other, "b", sources));
        Assert.NotEmpty(before);
        Assert.Equal(before.OrderBy(pair => pair.Key), after.OrderBy(pair => pair.Key));
    }

    [SkippableFact(DisplayName = "Every file of the Python Astrocyte should be exported byte for byte as it was imported, and the upstream module itself load it and write it so again")]
    public async Task Upstream()
    {
        Requires.Tool("python3");
        Requires.SharedFolder("astrocyte-checkpoints");
        Requires.SharedFolder("seed");
        var folder = Path.Combine(Repository.Shared, "astrocyte-checkpoints");
        Assert.Equal(ExitCode.Ok, (await RetainCli.RunAsync("import", folder, "--root", Root)).ExitCode);

        var result = await ExportAsync();

        Assert.Equal((ExitCode.Ok, "60 exported, 0 unchanged, 0 not exported; 0 renamed\n", ""), (result.ExitCode, result.Output, result.Error));
        Assert.Equal(Files(folder), Files(Exported));
        Assert.All(Files(folder), file => Assert.Equal(File.ReadAllBytes(Path.Combine(folder, file)), File.ReadAllBytes(Path.Combine(Exported, file))));
        Assert.Equal("60", await PythonAsync());

        // The control: a file that upstream would write otherwise is noticed.
        var changed = Path.Combine(Exported, Files(Exported)[0]);
        File.WriteAllText(changed, File.ReadAllText(changed).Replace("\"errors\"", "\"retain\": 1,\n  \"errors\"", StringComparison.Ordinal));
        Assert.Contains("upstream writes it differently", await PythonAsync(), StringComparison.Ordinal);
    }

    private static List<string> Files(string folder) =>
        [.. Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file)).Order(StringComparer.Ordinal)];

    private async Task<string> PythonAsync()
    {
        var script = Repository.File("tests", "RetainActors.Cli.Tests", "Fixtures", "astrocyte_upstream.py");
        using var python = Process.Start(new ProcessStartInfo("python3", [script, Path.Combine(Repository.Shared, "seed", "checkpoint.py.coverage.txt"), Exported])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var error = python.StandardError.ReadToEndAsync();
        var output = await python.StandardOutput.ReadToEndAsync();
        await python.WaitForExitAsync();
        return (output + await error).Trim();
    }

    private Task<CliResult> ExportAsync(params string[] options) => RetainCli.RunAsync(["export", Exported, "--root", Root, .. options]);

    private async Task SaveAsync(params RetainContext[] contexts)
    {
        await using var owner = await RetainSystem.StartAsync(RetainConfig.Load(Root, null, readOnly: false), _ => { }, CancellationToken.None);
        foreach (var context in contexts) await RetainCheckpoints.Get(owner.System).Client.SaveAsync(context);
    }
}
