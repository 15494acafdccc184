using System.CommandLine;
using RetainActors.Cli.Output;
using RetainActors.Storage;

namespace RetainActors.Cli.Commands;

/// <summary><c>retain log stats</c>: what the journal holds and how much of it is alive.</summary>
internal static class LogStatsCommand
{
    public static Command Create()
    {
        var (root, config, json) = (CommonOptions.Root(), CommonOptions.Config(), CommonOptions.Json());
        var command = new Command(
            "stats",
            """
            Show the journal's segments with their size, records, live and dead bytes, and the files that recoveries put aside.
            Reads every byte and changes nothing; works while a run is on.

            Example: retain log stats --root retain-data
            """)
        {
            root, json, config,
        };
        command.SetAction((parsed, cancellationToken) => CommandRunner.RunAsync(parsed, parsed.GetValue(json), () =>
        {
            var directory = LogCommand.DirectoryOf(parsed.GetValue(root), parsed.GetValue(config));
            using var stop = new StopSignal(cancellationToken);
            var findings = new LogFindings();
            var inspection = LogCommand.Run(new LogInspector(directory, PosixFileSystem.Instance) { OnFinding = findings.Add }, stop.Token);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json)) output.WriteJson(DocumentOf(inspection), OutputJson.Lines.StatsDocument);
            else LogText.WriteStats(output, inspection);
            if (inspection.Findings > 0)
                parsed.InvocationConfiguration.Error.WriteLine(
                    $"warning: {LogText.Count(inspection.Findings, "place")} not counted. Run retain log verify to see what is wrong there.");
            return Task.FromResult(findings.ExitCode);
        }));
        return command;
    }

    internal static StatsDocument DocumentOf(LogInspection inspection) => new(
        OutputJson.SchemaVersion, inspection.Ids, inspection.Records, inspection.HighestPosition,
        inspection.Segments.Sum(segment => segment.SizeBytes), inspection.Segments.Sum(segment => segment.LiveBytes),
        inspection.Segments.Sum(LogText.DeadBytesOf), inspection.Findings, inspection.IsClean, inspection.OwnerProcessId,
        [.. inspection.Segments.Select(segment => new StatsSegment(
            Path.GetFileName(segment.File), segment.Number, segment.FirstNumber, segment.Generation, segment.SizeBytes, segment.Records,
            segment.LiveBytes, LogText.DeadBytesOf(segment), segment.IsSealed))],
        [.. inspection.OtherFiles.Select(file => new StatsFile(Path.GetFileName(file.File), file.SizeBytes))]);
}
