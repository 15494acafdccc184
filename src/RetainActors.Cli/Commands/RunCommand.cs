using System.CommandLine;
using RetainActors.Cli.MarkdownPipeline;
using RetainActors.Cli.Output;
using RetainActors.Storage;

namespace RetainActors.Cli.Commands;

/// <summary><c>retain run FOLDER --bank BANK</c>.</summary>
internal static class RunCommand
{
    private const int DefaultParallel = 8;
    private const int MaxParallel = 256;
    private const int MaxModelLatencyMs = 600_000;

    public static Command Create()
    {
        var folder = new Argument<string>("FOLDER") { Description = "Every *.md file below it is one source; its id is its path below FOLDER." };
        var bank = CommonOptions.Bank();
        var (root, config, json) = (CommonOptions.Root(), CommonOptions.Config(), CommonOptions.Json());
        var parallel = new Option<int>("--parallel")
        {
            HelpName = "N", Description = "How many sources are on their way at once.", DefaultValueFactory = _ => DefaultParallel,
        };
        var latency = new Option<int>("--model-latency")
        {
            HelpName = "MS", Description = "Milliseconds that each extraction and each update of the wiki waits, standing for a model's call.",
        };
        CommonOptions.Range(parallel, 1, MaxParallel);
        CommonOptions.Range(latency, 0, MaxModelLatencyMs);
        folder.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } path && !Directory.Exists(path))
                result.AddError($"FolderMissing: there is no folder {path}. Give the folder that holds the Markdown files.");
        });

        var command = new Command(
            "run",
            """
            Retain a folder of Markdown in a bank: wiki pages, an index and facts. Killed at any moment, the same command goes on
            where it was; sources that did not change are left alone.

            Example: retain run docs --bank demo
            """)
        {
            folder, bank, root, parallel, latency, json, config,
        };
        command.SetAction((parsed, cancellationToken) => CommandRunner.RunAsync(parsed, parsed.GetValue(json), async () =>
        {
            var options = new RunOptions(
                parsed.GetRequiredValue(folder),
                parsed.GetRequiredValue(bank),
                RetainConfig.Load(parsed.GetValue(root), parsed.GetValue(config), readOnly: false),
                parsed.GetValue(parallel),
                TimeSpan.FromMilliseconds(parsed.GetValue(latency)));
            return await RunAsync(options, parsed.GetValue(json), parsed.InvocationConfiguration, cancellationToken);
        }));
        return command;
    }

    private static async Task<int> RunAsync(RunOptions options, bool json, InvocationConfiguration streams, CancellationToken cancellationToken)
    {
        var bankDirectory = new BankFiles(PosixFileSystem.Instance, options.Config.Root, options.Bank).Directory;
        IRunReport report = json ? new JsonRunReport(streams.Output, options.Bank) : new TextRunReport(streams.Output, options.Bank, bankDirectory);
        var watched = ReferenceEquals(streams.Error, Console.Error) && !Console.IsErrorRedirected;
        var session = new RunSession(options, report, count => new RunProgress(streams.Error, $"retaining {options.Bank}", count, watched));

        using var stop = new StopSignal(cancellationToken);
        var exitCode = await session.ExecuteAsync(stop.Token);
        if (session.Failure is { } failure) CommandRunner.Explain(streams.Error, failure);
        if (exitCode == ExitCode.Cancelled) streams.Error.WriteLine("stopped: what was acknowledged is kept; run the same command again to go on.");
        return exitCode;
    }
}
