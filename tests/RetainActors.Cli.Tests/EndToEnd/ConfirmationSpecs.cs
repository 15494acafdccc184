using RetainActors.Cli.Tests.Commands;
using RetainActors.Cli.Tests.MarkdownPipeline;

namespace RetainActors.Cli.Tests.EndToEnd;

public sealed class ConfirmationSpecs : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory(DisplayName = "A command that replaces or removes something, where nobody can be asked, should need --yes, say so, exit 1 and change no byte")]
    [InlineData("rewind", "b", "tides.md", "2")]
    [InlineData("prune")]
    [InlineData("import", "FOLDER", "--overwrite")]
    public async Task Refused(params string[] arguments)
    {
        var root = _directory.File("root");
        await RetainCli.RunAsync("run", Handbook.Folder, "--bank", "b", "--root", root);
        var before = FileBytes.Of(root);

        var result = await RetainProcess.RunAsync([.. arguments.Select(argument => argument == "FOLDER" ? Handbook.Folder : argument), "--root", root, "--json"]);

        Assert.Equal(ExitCode.Usage, result.ExitCode);
        Assert.Equal("NotConfirmed", result.Lines[0].GetProperty("error").GetProperty("reason").GetString());
        Assert.Contains("give --yes to do it, or --dry-run to see more", result.Error, StringComparison.Ordinal);
        Assert.Equal(before, FileBytes.Of(root));
    }
}
