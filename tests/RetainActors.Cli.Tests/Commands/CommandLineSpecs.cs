namespace RetainActors.Cli.Tests.Commands;

public sealed class CommandLineSpecs
{
    [Theory(DisplayName = "Wrong usage should exit 1 with a message on standard error that says what is wrong, and nothing else")]
    [InlineData("--bank", "run", "FOLDER_THAT_EXISTS")]
    [InlineData("FOLDER", "run", "--bank", "b")]
    [InlineData("FolderMissing: there is no folder /no/such", "run", "/no/such", "--bank", "b")]
    [InlineData("--parallel 0 is out of range; give 1 to 256", "run", ".", "--bank", "b", "--parallel", "0")]
    [InlineData("--model-latency -1 is out of range; give 0 to 600000", "run", ".", "--bank", "b", "--model-latency", "-1")]
    [InlineData("--parallel", "run", ".", "--bank", "b", "--parallel", "many")]
    [InlineData("--bank is no id", "run", ".", "--bank", "")]
    [InlineData("ConfigUnreadable", "run", ".", "--bank", "b", "--config", "/no/such.conf")]
    [InlineData("Did you mean one of the following?\nrun", "rnu")]
    [InlineData("SOURCE", "show", "b")]
    [InlineData("SOURCE is no id", "show", "b", "")]
    [InlineData("FolderMissing: there is no folder /no/such", "import", "/no/such")]
    [InlineData("--older-than soon is no age", "list", "--older-than", "soon")]
    [InlineData("--older-than 99999999999d is no age", "list", "--older-than", "99999999999d")]
    [InlineData("--limit 0 is out of range", "list", "--limit", "0")]
    [InlineData("'lost'", "list", "--status", "lost")]
    [InlineData("DIR", "export")]
    [InlineData("Give --output FILE for a page, --json for JSON, or both", "report")]
    [InlineData("--stuck-after soon is no age", "report", "--json", "--stuck-after", "soon")]
    [InlineData("--full -1 is out of range; give 0 to 10000", "report", "--json", "--full", "-1")]
    [InlineData("SOURCE", "unpark", "b")]
    [InlineData("SOURCE is no id", "unpark", "b", "")]
    public async Task Usage(string expected, params string[] arguments)
    {
        var result = await RetainCli.RunAsync(arguments);

        Assert.Equal(ExitCode.Usage, result.ExitCode);
        Assert.Contains(expected, arguments[0] == "rnu" ? result.Output : result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        if (arguments[0] != "rnu") Assert.Equal("", result.Output);
    }

    [Theory(DisplayName = "A bank name that is too long should be a usage error")]
    [InlineData("run")]
    [InlineData("show")]
    public async Task Long_bank(string command)
    {
        var bank = new string('b', 1025);
        var result = command == "run" ? await RetainCli.RunAsync("run", ".", "--bank", bank) : await RetainCli.RunAsync("show", bank, "a.md");

        Assert.Equal(ExitCode.Usage, result.ExitCode);
        Assert.Contains("1025 UTF-8 bytes; at most 1024", result.Error, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "The help of every command should have an example and exit 0")]
    [InlineData("--help")]
    [InlineData("run", "--help")]
    [InlineData("show", "--help")]
    [InlineData("history", "--help")]
    [InlineData("diff", "--help")]
    [InlineData("rewind", "--help")]
    [InlineData("copy", "--help")]
    [InlineData("prune", "--help")]
    [InlineData("import", "--help")]
    [InlineData("list", "--help")]
    [InlineData("report", "--help")]
    [InlineData("export", "--help")]
    [InlineData("unpark", "--help")]
    public async Task Help(params string[] arguments)
    {
        var result = await RetainCli.RunAsync(arguments);

        Assert.Equal(ExitCode.Ok, result.ExitCode);
        Assert.Contains("Example: retain ", result.Output, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "A configuration that is no HOCON, or sets what is refused at start, should be named")]
    [InlineData("akka { loglevel = ")]
    [InlineData("akka.loglevel = LOUD")]
    [InlineData("retain.checkpoint.max-queue-length = 0")]
    [InlineData("retain.run.park-after = 0")]
    [InlineData("a = ${no.such.key}")]
    [InlineData("akka.persistence.journal.retain-file.root = \"\"")]
    [InlineData("akka.persistence.journal.retain-file.root = []")]
    public async Task Bad_config(string hocon)
    {
        using var directory = new TempDirectory();
        var file = directory.Write("my.conf", hocon);

        var result = await RetainCli.RunAsync("run", directory.Path, "--bank", "b", "--config", file, "--json");

        Assert.Equal(ExitCode.Usage, result.ExitCode);
        Assert.Contains($"error ConfigUnreadable: The configuration {file}", result.Error, StringComparison.Ordinal);
        Assert.Equal("ConfigUnreadable", result.Lines[0].GetProperty("error").GetProperty("reason").GetString());
    }
}
