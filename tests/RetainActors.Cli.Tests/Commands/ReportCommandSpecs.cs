using RetainActors.Cli.Tests.MarkdownPipeline;

namespace RetainActors.Cli.Tests.Commands;

public sealed class ReportCommandSpecs : IDisposable
{
    private readonly TempDirectory _directory = new();

    private string Root => _directory.File("root");

    private string Page => _directory.File("report.html");

    public void Dispose() => _directory.Dispose();

    [Fact(DisplayName = "retain report should write a page of what a run has left, say so in a line, and change no byte of the root")]
    public async Task Html()
    {
        await RunAsync();
        var before = Bytes();

        var result = await ReportAsync("--output", Page);

        Assert.Equal((ExitCode.Ok, ""), (result.ExitCode, result.Error));
        Assert.Matches(@"^0 findings, [0-9]+ sources in 1 bank; [0-9.]+ KiB in .*report\.html\n$", result.Output);
        Assert.Equal(before, Bytes());
        var html = File.ReadAllText(Page);
        Assert.Contains("Nothing needs attention", html, StringComparison.Ordinal);
        Assert.Contains("tides.md", html, StringComparison.Ordinal);
        Assert.Contains("branch EXTRACT_FACTS", html, StringComparison.Ordinal);
        Assert.Contains("What revision 12 changed", html, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "retain report --json should write the same to standard output, without a page or beside one")]
    public async Task Json()
    {
        await RunAsync();

        var alone = await ReportAsync("--json");
        var both = await ReportAsync("--json", "--output", Page, "--full", "1");

        Assert.Equal((ExitCode.Ok, "", 1), (alone.ExitCode, alone.Error, alone.Lines.Count));
        var model = alone.Lines[0];
        Assert.Equal(1, model.GetProperty("schemaVersion").GetInt32());
        var checkpoint = model.GetProperty("checkpoints").EnumerateArray().First(each => each.GetProperty("row").GetProperty("source").GetString() == "tides.md");
        Assert.Equal(10, checkpoint.GetProperty("timeline").GetProperty("attempts")[0].GetProperty("steps").GetArrayLength());
        Assert.Equal(12, checkpoint.GetProperty("revisions").GetArrayLength());
        Assert.Equal("completed", checkpoint.GetProperty("diff").GetProperty("set").GetProperty("status").GetString());
        Assert.Equal(1, both.Lines[0].GetProperty("checkpoints").GetArrayLength());
        Assert.True(File.Exists(Page));
    }

    [Fact(DisplayName = "retain report should read beside a running owner, name it, and show what it has stored")]
    public async Task Beside()
    {
        await RunAsync();
        await using var owner = await RetainSystem.StartAsync(RetainConfig.Load(Root, null, readOnly: false), _ => { }, CancellationToken.None);
        await RetainCheckpoints.Get(owner.System).Client.SaveAsync(new RetainContext(new CheckpointKey("a", "new")) { NextState = "READ" });
        await OwnedRoot.AwaitWatermarkAsync(Root);

        var model = (await ReportAsync("--json", "--bank", "a")).Lines[0];
        var stuck = (await ReportAsync("--json", "--bank", "a", "--stuck-after", "0s")).Lines[0];

        Assert.Equal(Environment.ProcessId, model.GetProperty("scope").GetProperty("ownerProcessId").GetInt32());
        Assert.Equal(("new", "none"), (model.GetProperty("sources")[0].GetProperty("source").GetString(), model.GetProperty("sources")[0].GetProperty("trouble").GetString()));
        Assert.Equal("stuck", stuck.GetProperty("findings")[0].GetProperty("trouble").GetString());
    }

    [Fact(DisplayName = "A run whose process is gone, and one that failed until it was parked, should be findings with the commands that help")]
    public async Task Findings()
    {
        var config = _directory.Write("my.conf", "retain.run.park-after = 2");
        _directory.Write("folder/nested.md", string.Concat(Enumerable.Repeat("> ", 5000)) + "deep");
        for (var i = 0; i < 2; i++) await RetainCli.RunAsync("run", _directory.File("folder"), "--bank", "b", "--root", Root, "--config", config);
        await using (var owner = await RetainSystem.StartAsync(RetainConfig.Load(Root, null, readOnly: false), _ => { }, CancellationToken.None))
            await RetainCheckpoints.Get(owner.System).Client.SaveAsync(new RetainContext(new CheckpointKey("-b", "<b>it's\n\u202Ehere")) { NextState = "READ" });

        var model = (await ReportAsync("--json", "--output", Page)).Lines[0];

        var findings = model.GetProperty("findings").EnumerateArray().ToList();
        Assert.Equal(["parked", "interrupted"], findings.Select(finding => finding.GetProperty("trouble").GetString()));
        var unpark = findings[0].GetProperty("commands")[0].GetString()!.Split(' ');
        Assert.Equal(ExitCode.Ok, (await RetainCli.RunAsync(unpark[1..])).ExitCode);
        Assert.Equal("interrupted", (await ReportAsync("--json", "--source", "nested.md")).Lines[0].GetProperty("findings")[0].GetProperty("trouble").GetString());
        Assert.Contains("&lt;b&gt;it&#39;s⟨U+000A⟩⟨U+202E⟩here", File.ReadAllText(Page), StringComparison.Ordinal);
        Assert.Contains("<span>--bank=-b</span> <span>FOLDER</span>", File.ReadAllText(Page), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Damage should end in exit 3, with a report that names it and hides no other checkpoint")]
    public async Task Damage()
    {
        var config = _directory.Write("small.conf", "akka.persistence.journal.retain-file { segment-size = 4 KiB, compaction.enabled = off }\nretain.checkpoint.retention.keep-revisions = off");
        await RetainCli.RunAsync("run", Handbook.Folder, "--bank", "b", "--root", Root, "--parallel", "1", "--config", config);
        var segment = OddLogs.DamageFullSegment(Path.Combine(Root, "journal"));

        var result = await ReportAsync("--json", "--output", Page);

        Assert.Equal(ExitCode.Corrupt, result.ExitCode);
        var model = result.Lines[0];
        Assert.All(model.GetProperty("findings").EnumerateArray(), finding => Assert.Equal("damaged", finding.GetProperty("trouble").GetString()));
        Assert.Contains("retain log repair", model.GetProperty("findings")[0].GetProperty("toDo").GetString(), StringComparison.Ordinal);
        var sources = model.GetProperty("sources").EnumerateArray().Select(source => source.GetProperty("status").GetString()).ToList();
        Assert.Contains("completed", sources);
        Assert.Contains("unreadable", sources);
        Assert.Contains(Path.GetFileName(segment), File.ReadAllText(Page), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "A journal that is too damaged to be opened should still give a report of it")]
    public async Task Unopened()
    {
        var config = _directory.Write("small.conf", "akka.persistence.journal.retain-file { segment-size = 4 KiB, compaction.enabled = off }\nretain.checkpoint.retention.keep-revisions = off");
        await RetainCli.RunAsync("run", Handbook.Folder, "--bank", "b", "--root", Root, "--parallel", "1", "--config", config);
        File.Delete(Directory.GetFiles(Path.Combine(Root, "journal"), "*.segment").Order(StringComparer.Ordinal).ElementAt(1));

        var result = await ReportAsync("--output", Page);

        Assert.Equal((ExitCode.Corrupt, ""), (result.ExitCode, result.Error));
        Assert.Contains("the journal cannot be opened, so no checkpoint is shown", File.ReadAllText(Page), StringComparison.Ordinal);
    }

    [Fact(DisplayName = "The journal of a newer version should be refused by name, with no page that calls it damaged")]
    public async Task Newer()
    {
        await RunAsync();
        OddLogs.MakeNewer(Path.Combine(Root, "journal"));

        var result = await ReportAsync("--output", Page);

        Assert.Equal(ExitCode.Failed, result.ExitCode);
        Assert.StartsWith("error FormatTooNew: ", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Page));
    }

    [Fact(DisplayName = "retain report should exit 4 without a journal or without the source, and write no file then")]
    public async Task Missing()
    {
        var nowhere = await ReportAsync("--output", Page);
        Assert.False(Directory.Exists(Root));
        await RunAsync();
        var unknown = await ReportAsync("--json", "--output", Page, "--source", "gone.md");

        Assert.Equal((ExitCode.NotFound, ExitCode.NotFound), (nowhere.ExitCode, unknown.ExitCode));
        Assert.Equal("NotFound", unknown.Lines[0].GetProperty("error").GetProperty("reason").GetString());
        Assert.False(File.Exists(Page));
    }

    [Fact(DisplayName = "retain report should not replace a file unasked, and say how to")]
    public async Task Existing()
    {
        await RunAsync();
        await ReportAsync("--output", Page);

        var refused = await ReportAsync("--output", Page);

        Assert.Equal((ExitCode.Usage, $"error OutputExists: {Page} is there already. Give --overwrite to replace it, or --output another file.\n"), (refused.ExitCode, refused.Error));
        Assert.Equal(ExitCode.Ok, (await ReportAsync("--output", Page, "--overwrite")).ExitCode);
        Assert.Equal(ExitCode.Ok, (await ReportAsync("--output", Page, "--overwrite")).ExitCode);
    }

    private Task<CliResult> RunAsync() => RetainCli.RunAsync("run", Handbook.Folder, "--bank", "b", "--root", Root, "--parallel", "1");

    private Task<CliResult> ReportAsync(params string[] options) => RetainCli.RunAsync(["report", "--root", Root, .. options]);

    private string Bytes() => string.Join('\n', Directory.GetFiles(Root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        .Select(path => $"{path} {File.GetLastWriteTimeUtc(path):O} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)))}"));
}
