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
    [InlineData("Run retain log verify --help to see what it takes, and an example.", "log", "verify", "--lots")]
    [InlineData("--all needs --effective", "config", "--all")]
    [InlineData("--stuck-after soon is no age", "health", "--stuck-after", "soon")]
    [InlineData("'fish'", "completion", "fish")]
    public async Task Usage(string expected, params string[] arguments)
    {
        var result = await RetainCli.RunAsync(arguments);

        Assert.Equal(ExitCode.Usage, result.ExitCode);
        Assert.Contains(expected, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        Assert.Equal("", result.Output);
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

    [Fact(DisplayName = "The help of every command should have an example, and exit 0")]
    public async Task Help()
    {
        foreach (var (path, command) in CommandTree.All)
        {
            var result = await RetainCli.RunAsync([.. path.Split(' ').Skip(1), "--help"]);
            Assert.Equal(ExitCode.Ok, result.ExitCode);
            var example = CommandTree.ExampleOf(command);
            Assert.Contains(example, result.Output, StringComparison.Ordinal);
            if (path != "retain" && path != "retain completion") Assert.StartsWith(path, example, StringComparison.Ordinal);
        }
    }

    [Fact(DisplayName = "Every command that prints data should take --json, and every one that looks at a root --root and --config")]
    public void Common_options() => Assert.All(
        CommandTree.All.Where(entry => entry.Command.Subcommands.Count == 0 && entry.Path is not ("retain completion" or "retain node")),
        entry => Assert.Empty(CommandTree.CommonOptions.Except(entry.Command.Options.Select(option => option.Name))));

    [Theory(DisplayName = "A configuration that is no HOCON, or sets what is refused at start, should be named")]
    [InlineData("akka { loglevel = ")]
    [InlineData("akka.loglevel = LOUD")]
    [InlineData("retain.checkpoint.max-queue-length = 0")]
    [InlineData("retain.run.park-after = 0")]
    [InlineData("retain.checkpoint.max-queue-length = many")]
    [InlineData("retain.run.cancel-grace = soon")]
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
