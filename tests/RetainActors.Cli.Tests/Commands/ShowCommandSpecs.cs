using RetainActors.Cli.Tests.MarkdownPipeline;

namespace RetainActors.Cli.Tests.Commands;

public sealed class ShowCommandSpecs : IDisposable
{
    private readonly TempDirectory _directory = new();

    private string Root => _directory.File("root");

    public void Dispose() => _directory.Dispose();

    [Fact(DisplayName = "retain show --json should write exactly the approved document")]
    public async Task Json()
    {
        await RunAsync();

        var result = await RetainCli.RunAsync("show", "b", "tides.md", "--root", Root, "--json");

        Assert.Equal(ExitCode.Ok, result.ExitCode);
        Assert.Equal("", result.Error);
        Approval.Verify(JsonShape.Of(result.Output), Handbook.ApprovedFile("show.json"));
    }

    [Fact(DisplayName = "retain show should tell people where the run stands and what each state took")]
    public async Task Text()
    {
        await RunAsync();

        var result = await RetainCli.RunAsync("show", "b", "tides.md", "--root", Root);

        Assert.StartsWith("b  tides.md\nstatus completed, revision ", result.Output, StringComparison.Ordinal);
        Assert.Contains("parallel:EXTRACT_ENTITIES", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', result.Output);
    }

    [Fact(DisplayName = "retain show should change no byte of the root")]
    public async Task Read_only()
    {
        await RunAsync();
        var before = Snapshot();

        await RetainCli.RunAsync("show", "b", "tides.md", "--root", Root);
        await RetainCli.RunAsync("show", "b", "missing.md", "--root", Root);

        Assert.Equal(before, Snapshot());
    }

    [Fact(DisplayName = "retain show should exit 4 when there is no such checkpoint, and when there is no journal, and make nothing")]
    public async Task Missing()
    {
        var noRoot = await RetainCli.RunAsync("show", "b", "tides.md", "--root", Root, "--json");
        Assert.Equal(ExitCode.NotFound, noRoot.ExitCode);
        Assert.Contains(Root, noRoot.Error, StringComparison.Ordinal);
        Assert.Equal("NotFound", noRoot.Lines[0].GetProperty("error").GetProperty("reason").GetString());
        Assert.False(Directory.Exists(Root));

        await RunAsync();
        var noSource = await RetainCli.RunAsync("show", "b", "no\u001b[31m.md", "--root", Root);
        Assert.Equal(ExitCode.NotFound, noSource.ExitCode);
        Assert.Equal("", noSource.Output);
        Assert.DoesNotContain('\u001b', noSource.Error);
    }

    private Task<CliResult> RunAsync() => RetainCli.RunAsync("run", Handbook.Folder, "--bank", "b", "--root", Root, "--parallel", "1");

    private string Snapshot() => string.Join('\n', Directory.GetFileSystemEntries(Root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        .Select(path => File.Exists(path)
            ? $"{path} {File.GetLastWriteTimeUtc(path):O} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)))}"
            : $"{path} {Directory.GetLastWriteTimeUtc(path):O}"));
}
