using System.CommandLine;
using RetainActors.Cli.Output;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Cli.Commands;

/// <summary><c>retain history BANK SOURCE</c>: reads beside a running owner and changes nothing.</summary>
internal static class HistoryCommand
{
    public static Command Create()
    {
        var (bank, source) = (CommonOptions.BankId(), CommonOptions.SourceId());
        var limit = new Option<int>("--limit") { HelpName = "N", Description = "The most revisions to show.", DefaultValueFactory = _ => 100 };
        CommonOptions.Range(limit, 1, History.MaxLimit);
        var before = new Option<long?>("--before") { HelpName = "REVISION", Description = "Only revisions below this one: the next page." };
        var (root, config, json) = (CommonOptions.Root(), CommonOptions.Config(), CommonOptions.Json());
        var command = new Command(
            "history",
            """
            List the stored revisions of a source, newest first, and what made each. Changes nothing; works while a run is on.

            Example: retain history demo guarantees.md
            """)
        {
            bank, source, limit, before, root, json, config,
        };
        command.SetAction((parsed, cancellationToken) => CommandRunner.RunAsync(parsed, parsed.GetValue(json), async () =>
        {
            var key = new CheckpointKey(parsed.GetRequiredValue(bank), parsed.GetRequiredValue(source));
            var settings = RetainConfig.Load(parsed.GetValue(root), parsed.GetValue(config), readOnly: true);
            var page = await CheckpointSession.UseAsync(
                settings, (client, stop) => client.HistoryAsync(key, parsed.GetValue(before), parsed.GetValue(limit), stop), cancellationToken);
            if (page.Revisions.IsEmpty) throw CheckpointSession.NotFound(key, settings);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json)) output.WriteJson(HistoryDocument.Of(page), OutputJson.Lines.HistoryDocument);
            else HistoryText.Write(output, page);
            return ExitCode.Ok;
        }));
        return command;
    }
}
