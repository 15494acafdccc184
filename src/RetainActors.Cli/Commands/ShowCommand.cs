using System.CommandLine;
using RetainActors.Cli.Output;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Cli.Commands;

/// <summary><c>retain show BANK SOURCE</c>: reads beside a running owner and changes nothing.</summary>
internal static class ShowCommand
{
    public static Command Create()
    {
        var (bank, source) = (CommonOptions.BankId(), CommonOptions.SourceId());
        var revision = new Option<long?>("--revision") { HelpName = "N", Description = "An earlier revision, as it was then; see retain history. [default: the latest]" };
        var (root, config, json) = (CommonOptions.Root(), CommonOptions.Config(), CommonOptions.Json());
        var command = new Command(
            "show",
            """
            Show the checkpoint of a source: where its run stands and what each state took. Changes nothing; works while a run is on.

            Example: retain show demo guarantees.md
            """)
        {
            bank, source, revision, root, json, config,
        };
        command.SetAction((parsed, cancellationToken) => CommandRunner.RunAsync(parsed, parsed.GetValue(json), async () =>
        {
            var key = new CheckpointKey(parsed.GetRequiredValue(bank), parsed.GetRequiredValue(source));
            var settings = RetainConfig.Load(parsed.GetValue(root), parsed.GetValue(config), readOnly: true);
            var wanted = parsed.GetValue(revision);
            var loaded = await CheckpointSession.UseAsync(
                settings,
                async (client, stop) => await client.LoadAsync(key, wanted, stop) ?? throw CheckpointSession.NotFound(key, settings, wanted),
                cancellationToken);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json)) output.WriteJson(DocumentOf(loaded), OutputJson.Lines.ShowDocument);
            else CheckpointText.Write(output, loaded);
            return ExitCode.Ok;
        }));
        return command;
    }

    private static ShowDocument DocumentOf(Loaded loaded)
    {
        var context = loaded.Context;
        return new ShowDocument(
            OutputJson.SchemaVersion, loaded.Key.Bank, loaded.Key.Source, loaded.Revision, loaded.Epoch, context.Status, context.CompletedState,
            context.NextState, loaded.SavedAt.Text,
            [
                .. context.StepLog.Select(step => new ShowStep(
                    step.State, step.StartedAt.Text, step.CompletedAt?.Text, step.DurationMs, step.Error,
                    step.Notes.ToDictionary(note => note.Key, note => note.Value), step.Attempt)),
            ],
            context.Errors,
            new ShowCounts(
                context.StepLog.Length, loaded.Branches.Length, context.Entities.Length, context.WikisCreated.Length, context.WikisUpdated.Length,
                context.SupersedesEdges.Length));
    }
}
