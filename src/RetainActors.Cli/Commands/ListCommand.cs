using System.CommandLine;
using RetainActors.Checkpoints;
using RetainActors.Cli.Output;
using static RetainActors.Checkpoints.CatalogProtocol;

namespace RetainActors.Cli.Commands;

/// <summary><c>retain list</c>: reads beside a running owner and changes nothing.</summary>
internal static class ListCommand
{
    private const int DefaultLimit = 1000;

    public static Command Create()
    {
        var bank = new Option<string?>("--bank") { HelpName = "BANK", Description = "Only the checkpoints of this bank." };
        var status = new Option<string?>("--status")
        {
            HelpName = "STATUS", Description = "Only those that stand there: running, completed, failed, parked or unreadable.",
        };
        status.AcceptOnlyFromAmong([.. Enum.GetNames<ListedStatus>().Select(name => name.ToLowerInvariant())]);
        var olderThan = CommonOptions.Age("--older-than", "Only those that were last saved so long ago: 90s, 15m, 12h or 7d.");
        var limit = new Option<int>("--limit") { HelpName = "N", Description = "At most so many.", DefaultValueFactory = _ => DefaultLimit };
        CommonOptions.Range(limit, 1, int.MaxValue);
        var (root, config, json) = (CommonOptions.Root(), CommonOptions.Config(), CommonOptions.Json());
        var command = new Command(
            "list",
            """
            List checkpoints by bank and source: where each run stands. Changes nothing; works while a run is on. Exits 3 when one cannot be read.

            Example: retain list --bank demo --status failed
            """)
        {
            bank, status, olderThan, limit, root, json, config,
        };
        command.SetAction((parsed, cancellationToken) => CommandRunner.RunAsync(parsed, parsed.GetValue(json), async () =>
        {
            var settings = RetainConfig.Load(parsed.GetValue(root), parsed.GetValue(config), readOnly: true);
            var filter = new ListCheckpoints(
                parsed.GetValue(bank),
                parsed.GetValue(status) is { } text ? Enum.Parse<ListedStatus>(text, ignoreCase: true) : null,
                parsed.GetValue(olderThan) is { } age ? DateTimeOffset.UtcNow - Age.Parse(age) : null);
            var streams = parsed.InvocationConfiguration;
            var report = new ListReport(streams.Output, streams.Error, parsed.GetValue(json));
            using var stop = new StopSignal(cancellationToken);
            await ReadAsync(settings, filter, parsed.GetValue(limit), report, stop.Token);
            return report.HasUnreadable ? ExitCode.Corrupt : ExitCode.Ok;
        }));
        return command;
    }

    private static async Task ReadAsync(RetainConfig settings, ListCheckpoints filter, int limit, ListReport report, CancellationToken cancellationToken)
    {
        await using var retain = await ExistingRoot.OpenAsync(settings, cancellationToken);
        IReadOnlyList<string> unnamed = [];
        var isCut = false;
        await foreach (var page in ListedCheckpoints.ReadAsync(RetainCheckpoints.Get(retain.System).Client, filter, cancellationToken))
        {
            unnamed = page.UnnamedIds;
            var room = limit - report.Count;
            foreach (var item in page.Items.Take(room)) report.OnItem(item);
            isCut = page.Items.Length > room || (page.Items.Length == room && page.NextCursor is not null);
            if (isCut) break;
        }

        report.OnFinished(isCut, unnamed);
    }
}
