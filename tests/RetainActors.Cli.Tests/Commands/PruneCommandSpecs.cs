using RetainActors.Cli.Tests.MarkdownPipeline;

namespace RetainActors.Cli.Tests.Commands;

public sealed class PruneCommandSpecs : IAsyncLifetime
{
    private readonly TempDirectory _directory = new();
    private string _config = "";

    private string Root => _directory.File("root");

    public async Task InitializeAsync()
    {
        await RetainCli.RunAsync("run", Handbook.Folder, "--bank", "b", "--root", Root, "--parallel", "1");
        for (var i = 0; i < 3; i++) await RunAsync("rewind", "b", "tides.md", "12", "--yes");
        _config = _directory.Write("my.conf", "retain.checkpoint.retention.keep-revisions = 1");
    }

    public Task DisposeAsync()
    {
        _directory.Dispose();
        return Task.CompletedTask;
    }

    [Fact(DisplayName = "retain prune should remove what retention does not keep, after a dry run that says the same and changes nothing")]
    public async Task Trim()
    {
        var dry = await RunAsync("prune", "--config", _config, "--dry-run", "--json");
        Assert.Equal(15, await RevisionsAsync());

        var pruned = await RunAsync("prune", "--config", _config, "--yes", "--json");
        Assert.Equal(ExitCode.Ok, pruned.ExitCode);
        Approval.Verify(pruned.Output, Handbook.ApprovedFile("prune.jsonl"));
        Assert.Equal(dry.Output.Replace("\"dryRun\":true", "\"dryRun\":false", StringComparison.Ordinal), pruned.Output);
        Assert.Equal(1, await RevisionsAsync());
        Assert.Equal("completed", (await RunAsync("show", "b", "tides.md", "--json")).Lines[0].GetProperty("status").GetString());
        Assert.Equal(0, (await RunAsync("prune", "--config", _config, "--yes", "--json")).Lines[^1].GetProperty("summary").GetProperty("removed").GetInt32());
    }

    [Fact(DisplayName = "retain prune should delete what has expired, and looking at it beforehand should change nothing")]
    public async Task Expire()
    {
        var expire = _directory.Write("expire.conf", "retain.checkpoint.retention { on-success = expire, expire-after = 1 ms }");
        Assert.Equal(ExitCode.Ok, (await RunAsync("show", "b", "tides.md", "--config", expire)).ExitCode);
        Assert.Contains("b/tides.md expired", (await RunAsync("prune", "--config", expire, "--dry-run")).Output, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Ok, (await RunAsync("show", "b", "tides.md", "--config", expire)).ExitCode);

        await RunAsync("prune", "--config", expire, "--yes");
        Assert.Equal(ExitCode.NotFound, (await RunAsync("show", "b", "tides.md")).ExitCode);
    }

    private async Task<int> RevisionsAsync() => (await RunAsync("history", "b", "tides.md", "--json")).Lines[0].GetProperty("revisions").GetArrayLength();

    private Task<CliResult> RunAsync(params string[] arguments) => RetainCli.RunAsync([.. arguments, "--root", Root]);
}
