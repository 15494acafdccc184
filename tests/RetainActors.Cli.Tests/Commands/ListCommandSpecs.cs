using RetainActors.Cli.Tests.MarkdownPipeline;

namespace RetainActors.Cli.Tests.Commands;

public sealed class ListCommandSpecs : IDisposable
{
    private readonly TempDirectory _directory = new();

    private string Root => _directory.File("root");

    public void Dispose() => _directory.Dispose();

    [Fact(DisplayName = "retain list --json should write exactly the approved lines")]
    public async Task Json()
    {
        await RunAsync();
        Approval.Verify(JsonShape.Of((await ListAsync()).Output), Handbook.ApprovedFile("list.jsonl"));
    }

    [Fact(DisplayName = "retain list should show people a table and how many there are")]
    public async Task Text()
    {
        await RunAsync();

        var result = await RetainCli.RunAsync("list", "--root", Root);

        Assert.Equal((ExitCode.Ok, ""), (result.ExitCode, result.Error));
        Assert.Matches("b +tides.md +completed +COMPLETE +[0-9]+ +1 +20", result.Output);
        Assert.EndsWith(" checkpoints\n", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', result.Output);
    }

    [Fact(DisplayName = "retain list should take filters and a limit, and say when there are more")]
    public async Task Filters()
    {
        await RunAsync();
        var all = (await ListAsync()).Lines.Count - 1;

        Assert.Equal(all, (await ListAsync("--bank", "b", "--status", "completed")).Lines.Count - 1);
        Assert.Equal((0, false), Summary(await ListAsync("--bank", "c")));
        Assert.Equal((0, false), Summary(await ListAsync("--status", "failed")));
        Assert.Equal((0, false), Summary(await ListAsync("--older-than", "1d")));
        Assert.Equal((all, false), Summary(await ListAsync("--older-than", "0s")));
        Assert.Equal((1, true), Summary(await ListAsync("--limit", "1")));
        Assert.Equal((all, false), Summary(await ListAsync("--limit", $"{all}")));
        Assert.Contains("1 checkpoints, and there are more", (await RetainCli.RunAsync("list", "--root", Root, "--limit", "1")).Output, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "retain list should change no byte, also beside a running owner, and show what that one has stored")]
    public async Task Read_only()
    {
        await RunAsync();
        var before = Snapshot();
        var closed = await ListAsync();
        Assert.Equal(before, Snapshot());

        await using var owner = await RetainSystem.StartAsync(RetainConfig.Load(Root, null, readOnly: false), _ => { }, CancellationToken.None);
        await RetainCheckpoints.Get(owner.System).Client.SaveAsync(new RetainContext(new CheckpointKey("a", "new")));
        await OwnedRoot.AwaitWatermarkAsync(Root);
        var beside = await ListAsync();
        Assert.Equal(closed.Lines.Count + 1, beside.Lines.Count);
        Assert.Equal("a", beside.Lines[0].GetProperty("bank").GetString());
    }

    [Fact(DisplayName = "A damaged segment should make the checkpoints in it unreadable, hide no other, and end in exit 3")]
    public async Task Damage()
    {
        // A segment as small as can be, so that it is sealed and holds only some of the checkpoints.
        var config = _directory.Write("small.conf", "akka.persistence.journal.retain-file { segment-size = 4 KiB, compaction.enabled = off }");
        Assert.Equal(ExitCode.Ok, (await RetainCli.RunAsync("run", Handbook.Folder, "--bank", "b", "--root", Root, "--parallel", "1", "--config", config)).ExitCode);
        var all = (await ListAsync()).Lines.SkipLast(1).Select(line => line.GetProperty("source").GetString()).ToList();
        OddLogs.DamageFullSegment(Path.Combine(Root, "journal"));

        var result = await ListAsync();

        Assert.Equal(ExitCode.Corrupt, result.ExitCode);
        var items = result.Lines.SkipLast(1).ToList();
        Assert.Equal(all, items.Select(item => item.GetProperty("source").GetString()));
        var unreadable = items.Where(item => item.GetProperty("status").GetString() == "unreadable").ToList();
        Assert.InRange(unreadable.Count, 1, all.Count - 1);
        Assert.All(unreadable, item => Assert.Contains("SegmentCorrupt", item.GetProperty("error").GetProperty("detail").GetString(), StringComparison.Ordinal));
        Assert.All(items.Except(unreadable), item => Assert.Equal("completed", item.GetProperty("status").GetString()));
    }

    [Fact(DisplayName = "retain list should exit 4 when there is no journal and make nothing, and 0 when there is no checkpoint")]
    public async Task Nothing()
    {
        var missing = await ListAsync();
        Assert.Equal(ExitCode.NotFound, missing.ExitCode);
        Assert.Equal("NotFound", missing.Lines[0].GetProperty("error").GetProperty("reason").GetString());
        Assert.False(Directory.Exists(Root));

        await using (await RetainSystem.StartAsync(RetainConfig.Load(Root, null, readOnly: false), _ => { }, CancellationToken.None))
        {
            // Makes an empty journal.
        }

        Assert.Equal((0, false), Summary(await ListAsync()));
        Assert.Equal("0 checkpoints\n", (await RetainCli.RunAsync("list", "--root", Root)).Output);
    }

    [Fact(DisplayName = "retain list without a read journal should name the key to set")]
    public async Task Not_configured()
    {
        await RunAsync();
        var config = _directory.Write("none.conf", "retain.checkpoint.query-plugin-id = \"\"");

        var result = await ListAsync("--config", config);

        Assert.Equal(ExitCode.Usage, result.ExitCode);
        Assert.Contains("retain.checkpoint.query-plugin-id is not set", result.Error, StringComparison.Ordinal);
    }

    private Task<CliResult> RunAsync() => RetainCli.RunAsync("run", Handbook.Folder, "--bank", "b", "--root", Root, "--parallel", "1");

    private Task<CliResult> ListAsync(params string[] options) => RetainCli.RunAsync(["list", "--root", Root, "--json", .. options]);

    private static (int Count, bool More) Summary(CliResult result) =>
        (result.Summary.GetProperty("checkpoints").GetInt32(), result.Summary.GetProperty("more").GetBoolean());

    private string Snapshot() => string.Join('\n', Directory.GetFileSystemEntries(Root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        .Select(path => File.Exists(path)
            ? $"{path} {File.GetLastWriteTimeUtc(path):O} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)))}"
            : $"{path} {Directory.GetLastWriteTimeUtc(path):O}"));
}
