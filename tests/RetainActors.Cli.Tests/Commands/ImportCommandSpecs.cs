using Akka.Actor;
using RetainActors.Checkpoints;
using RetainActors.Cli.Tests.MarkdownPipeline;
using Stored = RetainActors.Cli.Tests.EndToEnd.Checkpoints;

namespace RetainActors.Cli.Tests.Commands;

public sealed class ImportCommandSpecs : IDisposable
{
    private readonly TempDirectory _directory = new();

    private string Root => _directory.File("root");

    private string Folder => _directory.File("seed");

    public void Dispose() => _directory.Dispose();

    [Fact(DisplayName = "retain import should take the good files, name each other one with its reason, and exit 2; exactly the approved lines")]
    public async Task Reasons()
    {
        WriteFile("harbour/a_b.md.json", "harbour", "a/b.md", ""","last_state":"WIKI" """);
        WriteFile("harbour/done.json", "harbour", "done", ""","last_state":"COMPLETE","completed_at":"2025-03-01T08:00:00" """);
        WriteFile("harbour/moved.json", "harbour", "elsewhere");
        WriteFile("harbour/twin.json", "harbour", "twin");
        WriteFile($"harbour/{RetainActors.Json.AstrocyteFileName.HashedPathOf(new CheckpointKey("harbour", "twin")).Split('/')[1]}", "harbour", "twin");
        WriteFile("harbour/newer.json", "harbour", "newer", ""","schema_version":2""", version: "");
        _directory.Write("seed/harbour/half.json.tmp", "{");
        _directory.Write("seed/harbour/cut.json", """{"schema_version":1,""");
        _directory.Write("seed/harbour/nan.json", """{"schema_version":1,"x":NaN}""");
        _directory.Write("seed/harbour/null.json", "null");
        _directory.Write("seed/harbour/package.json", """{"name":"x"}""");
        _directory.Write("seed/harbour/surrogate.json", """{"schema_version":1,"bank_id":"\ud800"}""");
        File.WriteAllBytes(_directory.File("seed", "harbour", "latin1.json"), [(byte)'"', 0xE9, (byte)'"']);
        File.CreateSymbolicLink(_directory.File("seed", "harbour", "link.json"), _directory.File("seed", "harbour", "done.json"));
        File.CreateSymbolicLink(_directory.File("seed", "linked"), _directory.File("seed", "harbour"));
        _directory.Write("seed/readme.txt", "not a checkpoint");

        var result = await RetainCli.RunAsync("import", Folder, "--root", Root, "--json");

        Assert.Equal(ExitCode.Failed, result.ExitCode);
        Assert.Equal("", result.Error);
        Approval.Verify(result.Output, Handbook.ApprovedFile("import.jsonl"));
        var imported = await Stored.ReadAsync(Root, "harbour", ["a/b.md", "done", "twin", "elsewhere"]);
        Assert.Equal(["a/b.md", "done"], imported.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(("WIKI", CheckpointStatus.Running), (imported["a/b.md"].NextState, imported["a/b.md"].Status));
        Assert.Equal(("COMPLETE", CheckpointStatus.Completed), (imported["done"].NextState, imported["done"].Status));
    }

    [Fact(DisplayName = "retain import should tell people the counts on standard output and each refused file on standard error, without control characters")]
    public async Task Text()
    {
        WriteFile("b/s.json", "b", "s");
        _directory.Write("seed/b/\u001b[31m.json", "");

        var result = await RetainCli.RunAsync("import", Folder, "--root", Root);

        Assert.Equal((ExitCode.Failed, "1 imported, 0 unchanged, 1 not imported\n"), (result.ExitCode, result.Output));
        Assert.StartsWith("not imported b/", result.Error, StringComparison.Ordinal);
        Assert.Contains("Damaged: the file is empty", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', result.Error);
    }

    [Fact(DisplayName = "retain import done again should change nothing; another checkpoint is replaced only with --overwrite")]
    public async Task Again()
    {
        WriteFile("b/s.json", "b", "s", ""","document_id":"first" """);
        Assert.Equal((ExitCode.Ok, "imported"), await ImportOneAsync());
        Assert.Equal((ExitCode.Ok, "unchanged"), await ImportOneAsync());

        WriteFile("b/s.json", "b", "s", ""","document_id":"second" """);
        Assert.Equal((ExitCode.Failed, "Exists"), await ImportOneAsync());
        Assert.Equal("first", (await Stored.ReadAsync(Root, "b", ["s"]))["s"].DocumentId);

        Assert.Equal((ExitCode.Ok, "imported"), await ImportOneAsync("--overwrite", "--yes"));
        Assert.Equal("second", (await Stored.ReadAsync(Root, "b", ["s"]))["s"].DocumentId);
    }

    [Fact(DisplayName = "retain import --overwrite should take the place of a run that was claimed and never ended")]
    public async Task Claimed()
    {
        WriteFile("b/s.json", "b", "s");
        await using (var owner = await RetainSystem.StartAsync(RetainConfig.Load(Root, null, readOnly: false), _ => { }, CancellationToken.None))
        {
            var key = new CheckpointKey("b", "s");
            var claimed = await RetainCheckpoints.Get(owner.System).ClientActor.Ask<ICheckpointReply>(new CheckpointProtocol.Claim(key));
            Assert.IsType<CheckpointProtocol.Claimed>(claimed);
        }

        Assert.Equal((ExitCode.Failed, "NotSaved"), await ImportOneAsync());
        Assert.Equal((ExitCode.Ok, "imported"), await ImportOneAsync("--overwrite", "--yes"));
        Assert.Equal("INIT", (await Stored.ReadAsync(Root, "b", ["s"]))["s"].NextState);
    }

    [Fact(DisplayName = "retain import --dry-run should say the same and make nothing, also beside a running owner")]
    public async Task Dry_run()
    {
        WriteFile("b/s.json", "b", "s");
        Assert.Equal((ExitCode.Ok, "wouldImport"), await ImportOneAsync("--dry-run"));
        Assert.False(Directory.Exists(Root));

        await ImportOneAsync();
        WriteFile("b/s.json", "b", "s", ""","document_id":"other" """);
        await using var owner = await RetainSystem.StartAsync(RetainConfig.Load(Root, null, readOnly: false), _ => { }, CancellationToken.None);
        await OwnedRoot.AwaitWatermarkAsync(Root);
        Assert.Equal((ExitCode.Failed, "Exists"), await ImportOneAsync("--dry-run"));
        Assert.Equal((ExitCode.Ok, "wouldImport"), await ImportOneAsync("--dry-run", "--overwrite"));
    }

    [Fact(DisplayName = "retain import --bank should leave the checkpoints of other banks alone")]
    public async Task Bank()
    {
        WriteFile("b/s.json", "b", "s");
        WriteFile("c/s.json", "c", "s");

        var result = await RetainCli.RunAsync("import", Folder, "--root", Root, "--bank", "c", "--json");

        Assert.Equal(["c"], result.Lines.SkipLast(1).Select(line => line.GetProperty("bank").GetString()));
        Assert.Empty(await Stored.ReadAsync(Root, "b", ["s"]));
    }

    [Fact(DisplayName = "retain import should leave its folder as it is, and exit 5 when another process has the root")]
    public async Task Owned()
    {
        var file = WriteFile("b/s.json", "b", "s");
        var before = (File.ReadAllText(file), File.GetLastWriteTimeUtc(file));
        await using (await RetainSystem.StartAsync(RetainConfig.Load(Root, null, readOnly: false), _ => { }, CancellationToken.None))
        {
            var refused = await RetainCli.RunAsync("import", Folder, "--root", Root, "--json");
            Assert.Equal(ExitCode.RootInUse, refused.ExitCode);
            Assert.Equal("RootInUse", refused.Lines[^1].GetProperty("error").GetProperty("reason").GetString());
        }

        await ImportOneAsync();
        Assert.Equal(before, (File.ReadAllText(file), File.GetLastWriteTimeUtc(file)));
        Assert.Single(Directory.GetFileSystemEntries(Folder, "*", SearchOption.AllDirectories), path => File.Exists(path));
    }

    [SkippableFact(DisplayName = "retain import should take over every checkpoint file that the Python Astrocyte wrote")]
    public async Task Upstream()
    {
        Requires.SharedFolder("astrocyte-checkpoints");
        var folder = Path.Combine(Repository.Shared, "astrocyte-checkpoints");

        var result = await RetainCli.RunAsync("import", folder, "--root", Root);

        Assert.Equal((ExitCode.Ok, "60 imported, 0 unchanged, 0 not imported\n", ""), (result.ExitCode, result.Output, result.Error));
    }

    private string WriteFile(string path, string bank, string source, string more = "", string version = "\"schema_version\":1,") =>
        _directory.Write($"seed/{path}", $$"""{{{version}}"bank_id":"{{bank}}","source_id":"{{source}}"{{more}}}""");

    /// <summary>The exit code, and the outcome or the reason of the only file.</summary>
    private async Task<(int ExitCode, string? Outcome)> ImportOneAsync(params string[] options)
    {
        var result = await RetainCli.RunAsync(["import", Folder, "--root", Root, "--json", .. options]);
        var line = result.Lines[0];
        var error = line.GetProperty("error");
        return (result.ExitCode, error.ValueKind == System.Text.Json.JsonValueKind.Null ? line.GetProperty("outcome").GetString() : error.GetProperty("reason").GetString());
    }
}
