using RetainActors.Cli.Tests.MarkdownPipeline;

namespace RetainActors.Cli.Tests.Commands;

/// <summary><c>retain history | diff | rewind | copy</c> on a root that a run has left.</summary>
public sealed class PastCommandSpecs : IAsyncLifetime
{
    private readonly TempDirectory _directory = new();

    private string Root => _directory.File("root");

    public async Task InitializeAsync() => await RetainCli.RunAsync("run", Handbook.Folder, "--bank", "b", "--root", Root, "--parallel", "1");

    public Task DisposeAsync()
    {
        _directory.Dispose();
        return Task.CompletedTask;
    }

    [Fact(DisplayName = "retain history should list every revision of a run, newest first, and exactly the approved document")]
    public async Task History()
    {
        var json = await RunAsync("history", "b", "tides.md", "--json");
        Assert.Equal(ExitCode.Ok, json.ExitCode);
        var revisions = json.Lines[0].GetProperty("revisions").EnumerateArray().ToList();
        Assert.Equal("claim", revisions[^1].GetProperty("kind").GetString());
        Assert.Equal("completed", revisions[0].GetProperty("status").GetString());
        Assert.Equal(3, revisions.Count(revision => revision.GetProperty("kind").GetString() == "branch"));
        Approval.Verify(JsonShape.Of((await RunAsync("history", "b", "tides.md", "--json", "--before", "3")).Output), Handbook.ApprovedFile("history.json"));

        var text = await RunAsync("history", "b", "tides.md", "--limit", "2");
        Assert.Contains("completed", text.Output, StringComparison.Ordinal);
        Assert.Contains($"more with --before {revisions[1].GetProperty("revision")}", text.Output, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "retain show --revision and retain diff should show a checkpoint as it was, and what changed since")]
    public async Task Diff()
    {
        var shown = await RunAsync("show", "b", "tides.md", "--revision", "3", "--json");
        Assert.Equal(("INIT", 3), (shown.Lines[0].GetProperty("completedState").GetString(), shown.Lines[0].GetProperty("revision").GetInt32()));

        var diff = await RunAsync("diff", "b", "tides.md", "2", "3", "--json");
        Approval.Verify(JsonShape.Of(diff.Output), Handbook.ApprovedFile("diff.json"));
        var text = await RunAsync("diff", "b", "tides.md", "2");
        Assert.Contains("  = status \"completed\"", text.Output, StringComparison.Ordinal);
        Assert.Contains("  + stepLog {\"state\":\"INIT\"", text.Output, StringComparison.Ordinal);
        Assert.Contains("no difference", (await RunAsync("diff", "b", "tides.md", "3", "3")).Output, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "retain rewind should bring a revision back, after which a run goes on from there")]
    public async Task Rewind()
    {
        var dry = await RunAsync("rewind", "b", "tides.md", "3", "--dry-run", "--json");
        Assert.Equal((ExitCode.Ok, true), (dry.ExitCode, dry.Lines[0].GetProperty("dryRun").GetBoolean()));
        Assert.Equal("completed", (await RunAsync("show", "b", "tides.md", "--json")).Lines[0].GetProperty("status").GetString());

        var rewound = await RunAsync("rewind", "b", "tides.md", "3", "--yes", "--json");
        Approval.Verify(rewound.Output, Handbook.ApprovedFile("rewind.json"));
        Assert.Equal("INIT", (await RunAsync("show", "b", "tides.md", "--json")).Lines[0].GetProperty("completedState").GetString());
        var run = await RetainCli.RunAsync("run", Handbook.Folder, "--bank", "b", "--root", Root, "--json");
        Assert.Equal("READ", run.Sources["tides.md"].GetProperty("resumedAt").GetString());
        Assert.Equal("completed", (await RunAsync("show", "b", "tides.md", "--json")).Lines[0].GetProperty("status").GetString());
    }

    [Fact(DisplayName = "retain copy should store a copy under a free key, and refuse one that is taken")]
    public async Task Copy()
    {
        var copied = await RunAsync("copy", "b", "tides.md", "other", "tides copy.md", "--revision", "3", "--json");
        Approval.Verify(copied.Output, Handbook.ApprovedFile("copy.json"));
        Assert.Equal("INIT", (await RunAsync("show", "other", "tides copy.md", "--json")).Lines[0].GetProperty("completedState").GetString());

        var again = await RunAsync("copy", "b", "tides.md", "other", "tides copy.md", "--json");
        Assert.Equal((ExitCode.Failed, "Conflict"), (again.ExitCode, again.Lines[0].GetProperty("error").GetProperty("reason").GetString()));
        Assert.Contains("Nothing was changed.", again.Error, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "What is not stored should exit 4 and say where to look, and make no root")]
    [InlineData("history", "b", "missing.md")]
    [InlineData("show", "b", "tides.md", "--revision", "99")]
    [InlineData("diff", "b", "tides.md", "99")]
    [InlineData("rewind", "b", "tides.md", "99", "--yes")]
    [InlineData("copy", "b", "missing.md", "b", "new.md")]
    public async Task Missing(params string[] arguments)
    {
        var result = await RunAsync(arguments);
        Assert.Equal(ExitCode.NotFound, result.ExitCode);
        Assert.StartsWith("error NotFound: ", result.Error, StringComparison.Ordinal);

        var nowhere = _directory.File("nowhere");
        Assert.Equal(ExitCode.NotFound, (await RetainCli.RunAsync([.. arguments, "--root", nowhere])).ExitCode);
        Assert.False(Directory.Exists(nowhere));
    }

    [Fact(DisplayName = "Nothing should be rewound unasked when nobody can be asked")]
    public async Task Unconfirmed()
    {
        var result = await RunAsync("rewind", "b", "tides.md", "3");
        // Where the tests have a terminal it would ask; under a runner there is none.
        if (!Console.IsInputRedirected) return;
        Assert.Equal(ExitCode.Usage, result.ExitCode);
        Assert.Contains("--yes", result.Error, StringComparison.Ordinal);
    }

    private Task<CliResult> RunAsync(params string[] arguments) => RetainCli.RunAsync([.. arguments, "--root", Root]);
}
