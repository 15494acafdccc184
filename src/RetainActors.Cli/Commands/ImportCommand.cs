using System.CommandLine;
using RetainActors.Cli.Output;

namespace RetainActors.Cli.Commands;

/// <summary><c>retain import DIR</c>: takes over the checkpoint files of the Python Astrocyte.</summary>
internal static class ImportCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("DIR") { Description = "The directory of Astrocyte's file checkpoints, DIR/BANK/SOURCE.json. It is only read." };
        var bank = new Option<string?>("--bank") { HelpName = "BANK", Description = "Import only the checkpoints of this bank." };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace checkpoints that are there already and differ; asks, or needs --yes." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Say what would happen and change nothing; works while a run is on." };
        var yes = Confirmation.Yes();
        var (root, config, json) = (CommonOptions.Root(), CommonOptions.Config(), CommonOptions.Json());
        folder.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } path && !Directory.Exists(path))
                result.AddError($"FolderMissing: there is no folder {path}. Give the folder that holds Astrocyte's checkpoints.");
        });

        var command = new Command(
            "import",
            """
            Import the checkpoint files of the Python Astrocyte, to resume its runs here. Each file that is not imported is named with the
            reason, and then it exits 2; the others are imported. Done again, it changes nothing.

            Example: retain import astrocyte-checkpoints --dry-run
            """)
        {
            folder, bank, overwrite, yes, dryRun, root, json, config,
        };
        command.SetAction((parsed, cancellationToken) => CommandRunner.RunAsync(parsed, parsed.GetValue(json), async () =>
        {
            var isDryRun = parsed.GetValue(dryRun);
            var options = new ImportOptions(
                parsed.GetRequiredValue(folder), parsed.GetValue(bank), parsed.GetValue(overwrite), isDryRun,
                RetainConfig.Load(parsed.GetValue(root), parsed.GetValue(config), readOnly: isDryRun));
            var streams = parsed.InvocationConfiguration;
            if (options is { Overwrite: true, DryRun: false })
                Confirmation.Require(parsed.GetValue(yes), $"Replace checkpoints in {options.Config.Root} that differ from the files in {options.Folder}?", streams.Error);
            var session = new ImportSession(options, new ImportReport(streams.Output, streams.Error, parsed.GetValue(json), isDryRun));
            using var stop = new StopSignal(cancellationToken);
            var exitCode = await session.ExecuteAsync(stop.Token);
            if (session.Failure is { } failure) CommandRunner.Explain(streams.Error, failure);
            return exitCode;
        }));
        return command;
    }
}
