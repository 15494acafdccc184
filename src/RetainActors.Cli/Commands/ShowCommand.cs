using System.CommandLine;
using System.Text.Json;
using RetainActors.Checkpoints;
using RetainActors.Cli.Output;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Cli.Commands;

/// <summary><c>retain show BANK SOURCE</c>: reads beside a running owner and changes nothing.</summary>
internal static class ShowCommand
{
    public static Command Create()
    {
        var bank = new Argument<string>("BANK") { Description = "The bank." };
        var source = new Argument<string>("SOURCE") { Description = "The id of the source, as retain run prints it." };
        var root = CommonOptions.Root();
        var config = CommonOptions.Config();
        var json = CommonOptions.Json();
        foreach (var argument in new[] { bank, source })
            argument.Validators.Add(result =>
            {
                if (CommonOptions.IdProblem(argument.Name, result.GetValueOrDefault<string>()) is { } problem) result.AddError(problem);
            });

        var command = new Command(
            "show",
            """
            Show the checkpoint of a source: where its run stands and what each state took. Changes nothing; works while a run is on.

            Example: retain show demo guarantees.md
            """)
        {
            bank, source, root, json, config,
        };
        command.SetAction((parsed, cancellationToken) => CommandRunner.RunAsync(parsed, parsed.GetValue(json), async () =>
        {
            var key = new CheckpointKey(parsed.GetRequiredValue(bank), parsed.GetRequiredValue(source));
            var settings = RetainConfig.Load(parsed.GetValue(root), parsed.GetValue(config), readOnly: true);
            using var stop = new StopSignal(cancellationToken);
            var loaded = await LoadAsync(key, settings, stop.Token);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json)) output.Write(JsonSerializer.Serialize(DocumentOf(loaded), OutputJson.Lines.ShowDocument) + '\n');
            else CheckpointText.Write(output, loaded);
            return ExitCode.Ok;
        }));
        return command;
    }

    private static async Task<Loaded> LoadAsync(CheckpointKey key, RetainConfig settings, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(Path.Combine(settings.Root, "journal")))
            throw new CommandFailure("NotFound", $"There is no journal in {settings.Root}. Give --root the directory that retain run used.", ExitCode.NotFound);
        await using var retain = await RetainSystem.StartAsync(settings, _ => { }, cancellationToken);
        try
        {
            return await RetainCheckpoints.Get(retain.System).Client.LoadAsync(key, cancellationToken: cancellationToken)
                ?? throw new CommandFailure(
                    "NotFound", $"The bank '{key.Bank}' in {settings.Root} has no checkpoint of '{key.Source}'. Give the ids as retain run prints them.", ExitCode.NotFound);
        }
        catch (CheckpointUnreadableException e)
        {
            throw new CommandFailure(SourceOutcome.CorruptReason, $"{e.Message} Restore {settings.Root} from a backup, or retain the source again.", ExitCode.Corrupt, e);
        }
        catch (CheckpointUnavailableException e)
        {
            throw new CommandFailure(e.Reason, $"{e.Message} Try again; if it stays, look at {settings.Root}.", ExitCode.Failed, e);
        }
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
