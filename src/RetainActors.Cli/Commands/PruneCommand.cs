using System.CommandLine;
using RetainActors.Checkpoints;
using RetainActors.Cli.Output;
using static RetainActors.Checkpoints.CatalogProtocol;

namespace RetainActors.Cli.Commands;

/// <summary><c>retain prune</c>: applies retention to every checkpoint of a root, which it needs for itself.</summary>
internal static class PruneCommand
{
    /// <summary>Keys asked at once, so that their deletions share the syncs of the journal.</summary>
    private const int AtOnce = 64;

    public static Command Create()
    {
        var bank = new Option<string?>("--bank") { HelpName = "BANK", Description = "Only the checkpoints of this bank." };
        var (yes, dryRun) = (Confirmation.Yes(), Confirmation.DryRun());
        var (root, config, json) = (CommonOptions.Root(), CommonOptions.Config(), CommonOptions.Json());
        var command = new Command(
            "prune",
            """
            Apply retain.checkpoint.retention to every checkpoint now: remove old revisions, and delete what has expired. A service does so by
            itself after saves; this is for checkpoints that nobody touches. The root must not be in use, but for a dry run.

            Example: retain prune --config my.conf --dry-run
            """)
        {
            bank, yes, dryRun, root, json, config,
        };
        command.SetAction((parsed, cancellationToken) => CommandRunner.RunAsync(parsed, parsed.GetValue(json), async () =>
        {
            var isDryRun = parsed.GetValue(dryRun);
            // A dry run loads nothing, so the retention that it judges by cannot write.
            var settings = RetainConfig.Load(parsed.GetValue(root), parsed.GetValue(config), readOnly: isDryRun, keepsRetention: true);
            var streams = parsed.InvocationConfiguration;
            if (!isDryRun)
                Confirmation.Require(parsed.GetValue(yes), $"Remove old revisions and expired checkpoints in {settings.Root}?", streams.Error);
            var report = new PruneReport(streams.Output, parsed.GetValue(json), isDryRun);
            await CheckpointSession.UseAsync(
                settings, (client, stop) => PruneAsync(client, new ListCheckpoints(parsed.GetValue(bank)), report, stop), cancellationToken);
            return ExitCode.Ok;
        }));
        return command;
    }

    private static async Task<bool> PruneAsync(ICheckpointClient client, ListCheckpoints filter, PruneReport report, CancellationToken cancellationToken)
    {
        await foreach (var page in ListedCheckpoints.ReadAsync(client, filter, cancellationToken))
            foreach (var keys in page.Items.Where(item => item.Status != ListedStatus.Unreadable).Select(item => item.Key).Chunk(AtOnce))
                foreach (var pruned in await Task.WhenAll(keys.Select(key => client.PruneAsync(key, report.IsDryRun, cancellationToken))))
                    report.OnPruned(pruned);
        report.OnFinished();
        return true;
    }
}
