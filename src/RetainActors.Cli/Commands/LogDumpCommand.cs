using System.CommandLine;
using RetainActors.Cli.Output;
using RetainActors.Storage;

namespace RetainActors.Cli.Commands;

/// <summary><c>retain log dump</c>: the records as they lie there, one JSON value per line.</summary>
internal static class LogDumpCommand
{
    public static Command Create()
    {
        var (root, config) = (CommonOptions.Root(), CommonOptions.Config());
        var json = new Option<bool>("--json") { Description = "The default here: every record is one line of JSON." };
        var id = new Option<string?>("--id") { HelpName = "ID", Description = "Only the records of this persistence id." };
        var from = new Option<long>("--from") { HelpName = "POSITION", Description = "Only from this position of the log on.", DefaultValueFactory = _ => 1 };
        var payload = new Option<bool>("--payload") { Description = "Write the payload of every event too, as base64." };
        var command = new Command(
            "dump",
            """
            Write the records of the journal in order, deleted or not, as JSON Lines, those of checkpoints with their clear header. Damaged ones are left out and named on standard
            error; then it exits 3. Changes nothing; works while a run is on.

            Example: retain log dump --root retain-data --from 100
            """)
        {
            root, id, from, payload, json, config,
        };
        command.SetAction((parsed, cancellationToken) => CommandRunner.RunAsync(parsed, json: true, () =>
        {
            var directory = LogCommand.DirectoryOf(parsed.GetValue(root), parsed.GetValue(config));
            using var stop = new StopSignal(cancellationToken);
            var (onlyId, first, withPayload) = (parsed.GetValue(id), parsed.GetValue(from), parsed.GetValue(payload));
            var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var findings = new LogFindings();
            var inspector = new LogInspector(directory, PosixFileSystem.Instance)
            {
                OnRecord = record =>
                {
                    stop.Token.ThrowIfCancellationRequested();
                    if (record.Position < first || (onlyId is not null && record.Id != onlyId)) return;
                    output.WriteJson(LineOf(record, withPayload), OutputJson.Lines.RecordLine);
                },
                OnFinding = finding =>
                {
                    findings.Add(finding);
                    error.WriteLine(LogText.Of(finding));
                },
            };
            LogCommand.Run(inspector, stop.Token);
            findings.Explain(error, directory);
            return Task.FromResult(findings.ExitCode);
        }));
        return command;
    }

    private static RecordLine LineOf(InspectedRecord record, bool withPayload) => new(
        OutputJson.SchemaVersion, record.Position, record.Id, record.SequenceNumber,
        record.Kind == InspectedKind.Event ? "event" : "deletion", Path.GetFileName(record.File), record.Offset, record.Payload.Length,
        record.Kind == InspectedKind.Deletion ? record.Highest : null,
        record.Kind == InspectedKind.Event ? CheckpointHeaderJson.TryRead(record.Id, record.SequenceNumber, record.Payload) : null,
        withPayload && record.Kind == InspectedKind.Event ? Convert.ToBase64String(record.Payload.Span) : null);
}
