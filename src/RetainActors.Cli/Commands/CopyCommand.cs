using System.CommandLine;
using RetainActors.Checkpoints;
using RetainActors.Cli.Output;

namespace RetainActors.Cli.Commands;

/// <summary><c>retain copy BANK SOURCE TO_BANK TO_SOURCE</c>: needs the root for itself.</summary>
internal static class CopyCommand
{
    public static Command Create()
    {
        var (bank, source) = (CommonOptions.BankId(), CommonOptions.SourceId());
        var (toBank, toSource) = (CommonOptions.Id("TO_BANK", "The bank to copy to."), CommonOptions.Id("TO_SOURCE", "The source to copy to."));
        var revision = new Option<long?>("--revision") { HelpName = "N", Description = "The revision to copy. [default: the latest]" };
        var (root, config, json) = (CommonOptions.Root(), CommonOptions.Config(), CommonOptions.Json());
        var command = new Command(
            "copy",
            """
            Store a copy of a checkpoint, finished branches included, under another key that has none yet. The root must not be in use.

            Example: retain copy demo guarantees.md experiment guarantees.md
            """)
        {
            bank, source, toBank, toSource, revision, root, json, config,
        };
        command.SetAction((parsed, cancellationToken) => CommandRunner.RunAsync(parsed, parsed.GetValue(json), async () =>
        {
            var from = new CheckpointKey(parsed.GetRequiredValue(bank), parsed.GetRequiredValue(source));
            var to = new CheckpointKey(parsed.GetRequiredValue(toBank), parsed.GetRequiredValue(toSource));
            var settings = RetainConfig.Load(parsed.GetValue(root), parsed.GetValue(config), readOnly: false);
            var (copied, stored) = await CheckpointSession.UseAsync(
                settings, (client, stop) => CopyAsync(client, from, to, parsed.GetValue(revision), settings, stop), cancellationToken);
            var document = new StoredDocument(OutputJson.SchemaVersion, to.Bank, to.Source, stored, new OriginJson(from.Bank, from.Source, copied), DryRun: false);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json)) output.WriteJson(document, OutputJson.Lines.StoredDocument);
            else output.WriteLine(PlainText.OneLine($"{to} is a copy of revision {copied} of {from}, as revision {stored}"));
            return ExitCode.Ok;
        }));
        return command;
    }

    private static async Task<(long Copied, long Stored)> CopyAsync(
        ICheckpointClient client, CheckpointKey from, CheckpointKey to, long? revision, RetainConfig settings, CancellationToken cancellationToken)
    {
        var loaded = await client.LoadAsync(from, revision, cancellationToken) ?? throw CheckpointSession.NotFound(from, settings, revision);
        return (loaded.Revision, await client.CopyAsync(from, to, loaded.Revision, Guid.NewGuid(), cancellationToken: cancellationToken));
    }
}
