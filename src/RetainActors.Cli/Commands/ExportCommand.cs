using System.CommandLine;
using RetainActors.Cli.Output;

namespace RetainActors.Cli.Commands;

/// <summary><c>retain export DIR</c>: writes checkpoints as the files of the Python Astrocyte.</summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        var folder = new Argument<string>("DIR") { Description = "Where the files go, DIR/BANK/SOURCE.json. It is made when it is not there." };
        var bank = new Option<string?>("--bank") { HelpName = "BANK", Description = "Export only the checkpoints of this bank." };
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace files that are there already and differ." };
        var (root, config, json) = (CommonOptions.Root(), CommonOptions.Config(), CommonOptions.Json());
        var command = new Command(
            "export",
            """
            Write checkpoints as the files that the Python Astrocyte reads. Reads beside a running owner. Each checkpoint that is not exported is
            named with the reason, and then it exits 2, or 3 when it cannot be read; so is each that gets a name other than the one Astrocyte looks for.

            Example: retain export astrocyte-checkpoints --bank demo
            """)
        {
            folder, bank, overwrite, root, json, config,
        };
        command.SetAction((parsed, cancellationToken) => CommandRunner.RunAsync(parsed, parsed.GetValue(json), async () =>
        {
            var settings = RetainConfig.Load(parsed.GetValue(root), parsed.GetValue(config), readOnly: true);
            var options = new ExportOptions(
                FolderOf(parsed.GetRequiredValue(folder), settings.Root), parsed.GetValue(bank), parsed.GetValue(overwrite), settings);
            var streams = parsed.InvocationConfiguration;
            using var stop = new StopSignal(cancellationToken);
            return await new ExportSession(options, new ExportReport(streams.Output, streams.Error, parsed.GetValue(json))).ExecuteAsync(stop.Token);
        }));
        return command;
    }

    private static string FolderOf(string folder, string root)
    {
        string full;
        try
        {
            full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        }
        catch (ArgumentException e)
        {
            throw CommandFailure.Usage("OutputInvalid", $"DIR is no directory: {e.Message} Give another directory.");
        }

        if ((full + '/').StartsWith(Path.TrimEndingDirectorySeparator(root) + '/', StringComparison.Ordinal))
            throw CommandFailure.Usage("OutputInvalid", $"{full} is the root or lies in it. Give a directory elsewhere.");
        return File.Exists(full) ? throw CommandFailure.Usage("OutputInvalid", $"{full} is a file. Give a directory.") : full;
    }
}
