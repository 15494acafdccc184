using System.CommandLine;
using System.Globalization;
using RetainActors.Cli.Output;
using RetainActors.Persistence;
using RetainActors.Storage;

namespace RetainActors.Cli.Commands;

/// <summary><c>retain log compact</c>: gives the space of deleted records back, while nobody owns the journal.</summary>
internal static class LogCompactCommand
{
    public static Command Create()
    {
        var (root, config, json) = (CommonOptions.Root(), CommonOptions.Config(), CommonOptions.Json());
        var dryRun = new Option<bool>("--dry-run")
        {
            Description = "Only say which segments would be rewritten and what that wins. Changes nothing; works while a run is on.",
        };
        var share = new Option<double?>("--live-share")
        {
            HelpName = "SHARE",
            Description = "Rewrite segments of which less than this share is live: above 0, at most 1. [default: compaction.live-share]",
        };
        share.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && double.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out var value)
                && value is not (> 0 and <= 1))
                result.AddError($"--live-share {result.Tokens[0].Value} is out of range; give more than 0 and at most 1.");
        });
        var command = new Command(
            "compact",
            """
            Rewrite the full segments of the journal of which little is live without their deleted records. Numbers and positions stay.
            The root must not be in use; a service compacts by itself. Segments with damage are left as they are; then it exits 3.

            Example: retain log compact --root retain-data --dry-run
            """)
        {
            root, dryRun, share, json, config,
        };
        command.SetAction((parsed, cancellationToken) => CommandRunner.RunAsync(parsed, parsed.GetValue(json), async () =>
        {
            var directory = LogCommand.DirectoryOf(parsed.GetValue(root), parsed.GetValue(config));
            var settings = RetainConfig.Load(parsed.GetValue(root), parsed.GetValue(config), readOnly: false).JournalSettings();
            var liveShare = parsed.GetValue(share) ?? settings.CompactionLiveShare;
            using var stop = new StopSignal(cancellationToken);
            var (output, error, asJson) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error, parsed.GetValue(json));
            var findings = parsed.GetValue(dryRun)
                ? Plan(directory, liveShare, settings.SegmentSizeBytes, output, asJson, stop.Token)
                : await CompactAsync(directory, liveShare, settings, output, asJson, stop.Token);
            if (findings.ExitCode != ExitCode.Ok)
                error.WriteLine("warning: segments with damage are not compacted. Run retain log verify to see what is wrong there.");
            return findings.ExitCode;
        }));
        return command;
    }

    private static LogFindings Plan(
        string directory, double liveShare, long segmentSizeBytes, TextWriter output, bool asJson, CancellationToken cancellationToken)
    {
        var findings = new LogFindings();
        var inspection = LogCommand.Run(
            new LogInspector(directory, PosixFileSystem.Instance) { OnFinding = findings.Add }, cancellationToken);
        var runs = CompactionPlan.Of(inspection.Segments, segment => findings.AreIn(segment.File), liveShare, segmentSizeBytes);
        var rewritten = runs.SelectMany(run => run).ToList();
        if (asJson)
            output.WriteJson(
                new CompactPlanDocument(
                    OutputJson.SchemaVersion, true, liveShare, inspection.Segments.Sum(segment => segment.SizeBytes),
                    rewritten.Sum(LogText.DeadBytesOf), inspection.Findings, inspection.OwnerProcessId,
                    [.. runs.Select(run => new CompactRun(
                        [.. run.Select(segment => Path.GetFileName(segment.File))], run.Sum(segment => segment.SizeBytes), run.Sum(LogText.DeadBytesOf)))]),
                OutputJson.Lines.CompactPlanDocument);
        else
            output.Write(LogText.CompactionPlan(inspection, runs));
        return findings;
    }

    private static async Task<LogFindings> CompactAsync(
        string directory, double liveShare, FileJournalSettings settings, TextWriter output, bool asJson, CancellationToken cancellationToken)
    {
        try
        {
            // What compaction does by itself must not come before what was asked for.
            using var log = FileLog.Open(
                new FileLogSettings { Directory = directory, SegmentSizeBytes = settings.SegmentSizeBytes, CompactionLiveShare = 0 },
                PosixFileSystem.Instance);
            var report = await log.CompactAsync(liveShare).WaitAsync(cancellationToken);
            var statistics = log.GetStatistics();
            if (asJson)
                output.WriteJson(
                    new CompactDocument(
                        OutputJson.SchemaVersion, false, liveShare, report.RewrittenSegments, report.ReclaimedBytes, statistics.TotalBytes,
                        statistics.Segments, statistics.Damage.Count),
                    OutputJson.Lines.CompactDocument);
            else
                output.Write(LogText.Compaction(report, statistics));
            var findings = new LogFindings();
            foreach (var damage in statistics.Damage) findings.Add(new LogFinding(damage.Reason, damage.File, damage.Offset, damage.Expectation));
            return findings;
        }
        catch (StorageException e)
        {
            throw CommandFailure.From(e);
        }
    }
}
