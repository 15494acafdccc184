using System.CommandLine;
using RetainActors.Cli.Output;
using RetainActors.Cli.Report;
using RetainActors.Cli.Report.Html;
using RetainActors.Storage;

namespace RetainActors.Cli.Commands;

/// <summary><c>retain report</c>: reads beside a running owner and changes nothing of the root.</summary>
internal static class ReportCommand
{
    private const int DefaultFull = 100;
    private const int MaxFull = 10_000;

    public static Command Create()
    {
        var into = new Option<string?>("--output") { HelpName = "FILE", Description = "The HTML file to write." };
        var bank = new Option<string?>("--bank") { HelpName = "BANK", Description = "Only the checkpoints of this bank." };
        var source = new Option<string?>("--source") { HelpName = "SOURCE", Description = "Only the checkpoints of this source." };
        var full = new Option<int>("--full")
        {
            HelpName = "N", Description = "How many checkpoints are shown in full; those that need somebody come first.", DefaultValueFactory = _ => DefaultFull,
        };
        CommonOptions.Range(full, 0, MaxFull);
        var stuckAfter = CommonOptions.StuckAfter();
        var overwrite = new Option<bool>("--overwrite") { Description = "Replace the file when it is there already." };
        var (root, config, json) = (CommonOptions.Root(), CommonOptions.Config(), CommonOptions.Json());
        var command = new Command(
            "report",
            """
            Write what there is to know of a root as one HTML file: findings and what to do, where the sources stand, runs, times, the journal. It
            needs no network and no script. Reads beside a running owner and changes nothing of the root. With --json the same goes to standard output.
            Exits 3 when it shows damage, 2 when it could not read all.

            Example: retain report --root retain-data --output report.html
            """)
        {
            into, bank, source, full, stuckAfter, overwrite, root, json, config,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(into) is null && !result.GetValue(json)) result.AddError("Give --output FILE for a page, --json for JSON, or both.");
        });
        command.SetAction((parsed, cancellationToken) => CommandRunner.RunAsync(parsed, parsed.GetValue(json), async () =>
        {
            var settings = RetainConfig.Load(parsed.GetValue(root), parsed.GetValue(config), readOnly: true);
            var journal = settings.IsDatabase ? null : LogCommand.DirectoryOf(settings);
            var file = parsed.GetValue(into) is { } path ? ReportFile.At(PosixFileSystem.Instance, path, settings.Root, parsed.GetValue(overwrite)) : null;
            var options = new ReportOptions(
                settings, parsed.GetValue(bank), parsed.GetValue(source), parsed.GetValue(full), CommonOptions.StuckAfterIn(parsed, stuckAfter));
            using var stop = new StopSignal(cancellationToken);
            var model = await new ReportReader(options, TimeProvider.System).ReadAsync(journal, stop.Token);
            var page = file is null ? [] : ReportPage.Render(model);
            file?.Write(page);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json)) output.WriteJson(model, OutputJson.Lines.ReportModel);
            else output.WriteLine(PlainText.OneLine(Summary(model, parsed.GetValue(into)!, page.Length)));
            return Has(ReportTrouble.Damaged) ? ExitCode.Corrupt : Has(ReportTrouble.Unavailable) ? ExitCode.Failed : ExitCode.Ok;

            bool Has(ReportTrouble trouble) => model.Findings.Any(finding => finding.Trouble == trouble);
        }));
        return command;
    }

    private static string Summary(ReportModel model, string file, long bytes) =>
        $"{LogText.Count(model.Findings.Length, "finding")}, {LogText.Count(model.Scope.SourcesInAll, "source")} in {LogText.Count(model.Scope.BanksInAll, "bank")}; {Format.Bytes(bytes)} in {file}";
}
