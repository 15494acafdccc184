using System.CommandLine;
using RetainActors.Cli.Output;
using RetainActors.Runs;

namespace RetainActors.Cli.Commands;

/// <summary><c>retain unpark BANK SOURCE</c>: owns the root while it works.</summary>
internal static class UnparkCommand
{
    public static Command Create()
    {
        var (bank, source) = (CommonOptions.BankId(), CommonOptions.SourceId());
        var (root, config, json) = (CommonOptions.Root(), CommonOptions.Config(), CommonOptions.Json());
        var command = new Command(
            "unpark",
            """
            Let a source that failed too often in a row start again. The next retain run enters the state that failed. Refused
            while another process owns the root.

            Example: retain unpark demo guarantees.md
            """)
        {
            bank, source, root, json, config,
        };
        command.SetAction((parsed, cancellationToken) => CommandRunner.RunAsync(parsed, parsed.GetValue(json), async () =>
        {
            var key = new CheckpointKey(parsed.GetRequiredValue(bank), parsed.GetRequiredValue(source));
            var settings = RetainConfig.Load(parsed.GetValue(root), parsed.GetValue(config), readOnly: false);
            using var stop = new StopSignal(cancellationToken);
            var result = await UnparkAsync(key, settings, stop.Token);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json)) output.WriteJson(
                new UnparkDocument(OutputJson.SchemaVersion, key.Bank, key.Source, result.Revision, result.NextState), OutputJson.Lines.UnparkDocument);
            else output.WriteLine(PlainText.OneLine($"{key}: unparked; the next retain run enters {result.NextState}"));
            return ExitCode.Ok;
        }));
        return command;
    }

    private static async Task<UnparkResult> UnparkAsync(CheckpointKey key, RetainConfig settings, CancellationToken cancellationToken)
    {
        await using var retain = await ExistingRoot.OpenAsync(settings, cancellationToken);
        // No state is entered, so the table does not matter.
        var result = await settings.StartRuns(retain.System, StateTable.Default).UnparkAsync(key, cancellationToken);
        return result.Error is null ? result : throw FailureOf(key, settings, result.Error);
    }

    private static CommandFailure FailureOf(CheckpointKey key, RetainConfig settings, RunError error) => error.Reason switch
    {
        "NotFound" => CheckpointSession.NotFound(key, settings),
        "NotParked" => new CommandFailure(
            error.Reason, $"'{key.Source}' of the bank '{key.Bank}' cannot be unparked: {error.Detail}. Nothing was written.", ExitCode.Failed),
        SourceOutcome.CorruptReason => new CommandFailure(
            error.Reason, $"The checkpoint of '{key.Source}' is damaged: {error.Detail} Restore {settings.Root} from a backup, or retain the source again.", ExitCode.Corrupt),
        _ => new CommandFailure(error.Reason, $"{error.Detail} Try again; if it stays, look at {settings.Root}.", ExitCode.Failed),
    };
}
