using System.CommandLine;
using RetainActors.Cli.Output;
using RetainActors.Storage;

namespace RetainActors.Cli.Commands;

/// <summary><c>retain log repair</c>: copies what is intact into a new root, never in place.</summary>
internal static class LogRepairCommand
{
    public static Command Create()
    {
        var (root, config, json) = (CommonOptions.Root(), CommonOptions.Config(), CommonOptions.Json());
        var into = new Option<string>("--output")
        {
            HelpName = "DIR", Description = "The new root. It must not exist, or be empty.", Required = true,
        };
        var command = new Command(
            "repair",
            """
            Copy every record of the journal that is intact into a new root and name what was left out; exits 3 when anything was.
            The damaged root stays as it is and must not be in use. Banks are not copied.

            Example: retain log repair --root retain-data --output retain-repaired
            """)
        {
            root, into, json, config,
        };
        command.SetAction((parsed, cancellationToken) => CommandRunner.RunAsync(parsed, parsed.GetValue(json), () =>
        {
            var source = LogCommand.DirectoryOf(parsed.GetValue(root), parsed.GetValue(config));
            var target = OutputOf(parsed.GetRequiredValue(into), Path.GetDirectoryName(source)!);
            using var stop = new StopSignal(cancellationToken);
            RequireKnownFormat(source, stop.Token);
            var output = parsed.InvocationConfiguration.Output;
            var asJson = parsed.GetValue(json);
            var report = Run(
                new LogRepair(source, Path.Combine(target, "journal"), PosixFileSystem.Instance)
                {
                    OnLeftOut = finding =>
                    {
                        if (asJson) output.WriteJson(new LeftOutLine(OutputJson.SchemaVersion, FindingJson.From(finding)), OutputJson.Lines.LeftOutLine);
                        else output.WriteLine($"left out {LogText.Of(finding)}");
                    },
                },
                target, stop.Token);
            if (asJson) output.WriteJson(SummaryOf(report, target), OutputJson.Lines.RepairSummaryLine);
            else output.Write(TextOf(report, target));
            return Task.FromResult(report.Source.Findings == 0 ? ExitCode.Ok : ExitCode.Corrupt);
        }));
        return command;
    }

    private static string OutputOf(string output, string root)
    {
        string target;
        try
        {
            target = Path.TrimEndingDirectorySeparator(Path.GetFullPath(output));
        }
        catch (ArgumentException e)
        {
            throw CommandFailure.Usage("OutputInvalid", $"--output is no directory: {e.Message} Give a new directory.");
        }

        if ((target + '/').StartsWith(Path.TrimEndingDirectorySeparator(root) + '/', StringComparison.Ordinal))
            throw CommandFailure.Usage("OutputInvalid", $"{target} is the damaged root or lies in it. Give --output a directory elsewhere.");
        if (File.Exists(target) || (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any()))
            throw CommandFailure.Usage("OutputNotEmpty", $"{target} exists and is not empty. Give --output a new directory.");
        return target;
    }

    /// <summary>What a newer version wrote is not damaged: a copy without it would only lose it.</summary>
    private static void RequireKnownFormat(string directory, CancellationToken cancellationToken)
    {
        LogFinding? newer = null;
        LogCommand.Run(
            new LogInspector(directory, PosixFileSystem.Instance)
            {
                OnFinding = finding => newer ??= finding.Kind == StorageFailure.FormatTooNew ? finding : null,
            },
            cancellationToken);
        if (newer is not null)
            throw new CommandFailure(
                newer.Kind.ToString(),
                $"A newer version of RetainActors wrote {newer.File} at offset {newer.Offset}. Nothing was copied. Use that version.", ExitCode.Failed);
    }

    private static LogRepairReport Run(LogRepair repair, string target, CancellationToken cancellationToken)
    {
        try
        {
            return repair.Run(cancellationToken);
        }
        catch (StorageException e)
        {
            var failure = CommandFailure.From(e);
            throw Directory.Exists(target)
                ? new CommandFailure(failure.Reason, $"{failure.Detail} {target} is not complete: delete it before you try again.", failure.ExitCode, e)
                : failure;
        }
    }

    private static RepairSummaryLine SummaryOf(LogRepairReport report, string target) => new(OutputJson.SchemaVersion, new RepairSummary(
        report.Source.Findings, report.Events, report.Deletions, target, [.. report.Source.Notes.Select(NoteJson.From)]));

    private static string TextOf(LogRepairReport report, string target) => string.Concat(
        report.Source.Notes.Select(note => PlainText.OneLine($"note {note.File} at offset {note.Offset}: {note.Text}") + '\n')
            .Append(PlainText.OneLine($"{LogText.Count(report.Source.Findings, "place")} left out; {LogText.Count(report.Events, "event")} and {LogText.Count(report.Deletions, "deletion")} copied to {target}") + '\n'));
}
