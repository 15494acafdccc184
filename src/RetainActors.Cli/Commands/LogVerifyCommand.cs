using System.CommandLine;
using RetainActors.Cli.Output;
using RetainActors.Storage;

namespace RetainActors.Cli.Commands;

/// <summary><c>retain log verify</c>: reads every byte, changes none.</summary>
internal static class LogVerifyCommand
{
    public static Command Create()
    {
        var (root, config, json) = (CommonOptions.Root(), CommonOptions.Config(), CommonOptions.Json());
        var command = new Command(
            "verify",
            """
            Read every byte of the journal and name each damage: file, offset, kind, what was expected. Exits 3 when there is any.
            Changes nothing; works while a run is on.

            Example: retain log verify --root retain-data
            """)
        {
            root, json, config,
        };
        command.SetAction((parsed, cancellationToken) => CommandRunner.RunAsync(parsed, parsed.GetValue(json), () =>
        {
            var directory = LogCommand.DirectoryOf(parsed.GetValue(root), parsed.GetValue(config));
            using var stop = new StopSignal(cancellationToken);
            var output = parsed.InvocationConfiguration.Output;
            var asJson = parsed.GetValue(json);
            var findings = new LogFindings();
            var inspector = new LogInspector(directory, PosixFileSystem.Instance)
            {
                OnFinding = finding =>
                {
                    findings.Add(finding);
                    if (asJson) output.WriteJson(new FindingLine(OutputJson.SchemaVersion, FindingJson.From(finding)), OutputJson.Lines.FindingLine);
                    else output.WriteLine(LogText.Of(finding));
                },
            };
            var inspection = LogCommand.Run(inspector, stop.Token);
            if (asJson) output.WriteJson(SummaryOf(inspection), OutputJson.Lines.VerifySummaryLine);
            else output.Write(LogText.Summary(inspection));
            findings.Explain(parsed.InvocationConfiguration.Error, directory);
            return Task.FromResult(findings.ExitCode);
        }));
        return command;
    }

    private static VerifySummaryLine SummaryOf(LogInspection inspection) => new(OutputJson.SchemaVersion, new VerifySummary(
        inspection.Findings, inspection.Segments.Count, inspection.Records, inspection.Segments.Sum(segment => segment.SizeBytes),
        inspection.IsClean, inspection.OwnerProcessId, [.. inspection.Notes.Select(NoteJson.From)]));
}
