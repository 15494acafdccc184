using RetainActors.Cli.Tests.MarkdownPipeline;

namespace RetainActors.Cli.Tests.Commands;

public sealed class UnparkCommandSpecs : IDisposable
{
    private readonly TempDirectory _directory = new();

    private string Root => _directory.File("root");

    public void Dispose() => _directory.Dispose();

    [Fact(DisplayName = "A source that failed too often in a row should be parked, refused until retain unpark, and then be entered again")]
    public async Task Parked()
    {
        var config = _directory.Write("my.conf", "retain.run.park-after = 2");
        _directory.Write("folder/nested.md", string.Concat(Enumerable.Repeat("> ", 5000)) + "deep");

        Assert.Equal(["StateFailed", "Parked", "Parked"], [await RunAsync(), await RunAsync(), await RunAsync()]);
        var unparked = await RetainCli.RunAsync("unpark", "b", "nested.md", "--root", Root, "--json");
        var text = await RetainCli.RunAsync("unpark", "b", "nested.md", "--root", Root);

        Assert.Equal(ExitCode.Ok, unparked.ExitCode);
        Assert.Equal(("b", "nested.md", "READ"), (
            unparked.Lines[0].GetProperty("bank").GetString(), unparked.Lines[0].GetProperty("source").GetString(),
            unparked.Lines[0].GetProperty("nextState").GetString()));
        Assert.True(unparked.Lines[0].GetProperty("revision").GetInt64() > 0);
        Assert.Equal(ExitCode.Failed, text.ExitCode);
        Assert.Contains("error NotParked: 'nested.md' of the bank 'b' cannot be unparked", text.Error, StringComparison.Ordinal);
        Assert.Equal("StateFailed", await RunAsync());
        await RunAsync();
        text = await RetainCli.RunAsync("unpark", "b", "nested.md", "--root", Root);
        Assert.Equal("b/nested.md: unparked; the next retain run enters READ\n", text.Output);

        async Task<string> RunAsync()
        {
            var result = await RetainCli.RunAsync("run", _directory.File("folder"), "--bank", "b", "--root", Root, "--config", config, "--json");
            return result.Sources["nested.md"].GetProperty("error").GetProperty("reason").GetString()!;
        }
    }

    [Fact(DisplayName = "retain unpark of an unknown source should exit 4, and without a journal create nothing")]
    public async Task Unknown()
    {
        var none = await RetainCli.RunAsync("unpark", "b", "tides.md", "--root", Root);
        Assert.False(Directory.Exists(Root));
        await RetainCli.RunAsync("run", Handbook.Folder, "--bank", "b", "--root", Root);
        var unknown = await RetainCli.RunAsync("unpark", "b", "gone.md", "--root", Root, "--json");

        Assert.Equal((ExitCode.NotFound, ExitCode.NotFound), (none.ExitCode, unknown.ExitCode));
        Assert.Equal("NotFound", unknown.Lines[0].GetProperty("error").GetProperty("reason").GetString());
    }

    [Fact(DisplayName = "retain unpark should be refused while another owner has the root, and name it")]
    public async Task In_use()
    {
        await RetainCli.RunAsync("run", Handbook.Folder, "--bank", "b", "--root", Root);
        await using var owner = await RetainSystem.StartAsync(RetainConfig.Load(Root, null, readOnly: false), _ => { }, CancellationToken.None);

        var result = await RetainCli.RunAsync("unpark", "b", "tides.md", "--root", Root);

        Assert.Equal(ExitCode.RootInUse, result.ExitCode);
        Assert.Contains("error RootInUse: ", result.Error, StringComparison.Ordinal);
        Assert.Contains(Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture), result.Error, StringComparison.Ordinal);
    }
}
