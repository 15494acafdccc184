using System.CommandLine;
using RetainActors.Checkpoints;
using RetainActors.Cli.Output;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Cli.Commands;

/// <summary><c>retain diff BANK SOURCE FROM [TO]</c>: reads beside a running owner and changes nothing.</summary>
internal static class DiffCommand
{
    public static Command Create()
    {
        var (bank, source) = (CommonOptions.BankId(), CommonOptions.SourceId());
        var from = new Argument<long>("FROM") { Description = "The older revision." };
        var to = new Argument<long?>("TO") { Description = "The newer revision. [default: the latest]", Arity = ArgumentArity.ZeroOrOne };
        var (root, config, json) = (CommonOptions.Root(), CommonOptions.Config(), CommonOptions.Json());
        var command = new Command(
            "diff",
            """
            Show what changed between two revisions of a checkpoint, member by member. Changes nothing; works while a run is on.

            Example: retain diff demo guarantees.md 2 9
            """)
        {
            bank, source, from, to, root, json, config,
        };
        command.SetAction((parsed, cancellationToken) => CommandRunner.RunAsync(parsed, parsed.GetValue(json), async () =>
        {
            var key = new CheckpointKey(parsed.GetRequiredValue(bank), parsed.GetRequiredValue(source));
            var settings = RetainConfig.Load(parsed.GetValue(root), parsed.GetValue(config), readOnly: true);
            var (older, newer) = await CheckpointSession.UseAsync(
                settings,
                async (client, stop) => (
                    await LoadAsync(client, key, parsed.GetValue(from), settings, stop),
                    await LoadAsync(client, key, parsed.GetValue(to), settings, stop)),
                cancellationToken);
            var document = DiffDocument.Of(older, newer);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json)) output.WriteJson(document, OutputJson.Lines.DiffDocument);
            else document.WriteText(output);
            return ExitCode.Ok;
        }));
        return command;
    }

    private static async Task<Loaded> LoadAsync(
        ICheckpointClient client, CheckpointKey key, long? revision, RetainConfig settings, CancellationToken cancellationToken) =>
        await client.LoadAsync(key, revision, cancellationToken) ?? throw CheckpointSession.NotFound(key, settings, revision);
}
