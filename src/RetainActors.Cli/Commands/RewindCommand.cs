using System.CommandLine;
using RetainActors.Checkpoints;
using RetainActors.Cli.Output;

namespace RetainActors.Cli.Commands;

/// <summary><c>retain rewind BANK SOURCE REVISION</c>: needs the root for itself.</summary>
internal static class RewindCommand
{
    public static Command Create()
    {
        var (bank, source) = (CommonOptions.BankId(), CommonOptions.SourceId());
        var revision = new Argument<long>("REVISION") { Description = "The revision to go back to; see retain history." };
        var (yes, dryRun) = (Confirmation.Yes(), Confirmation.DryRun());
        var (root, config, json) = (CommonOptions.Root(), CommonOptions.Config(), CommonOptions.Json());
        var command = new Command(
            "rewind",
            """
            Make an earlier revision of a checkpoint the latest again, as a new revision. The next retain run goes on from there. Also heals a
            checkpoint whose newest revision cannot be read. The root must not be in use.

            Example: retain rewind demo guarantees.md 4 --yes
            """)
        {
            bank, source, revision, yes, dryRun, root, json, config,
        };
        command.SetAction((parsed, cancellationToken) => CommandRunner.RunAsync(parsed, parsed.GetValue(json), async () =>
        {
            var key = new CheckpointKey(parsed.GetRequiredValue(bank), parsed.GetRequiredValue(source));
            var wanted = parsed.GetValue(revision);
            var isDryRun = parsed.GetValue(dryRun);
            var settings = RetainConfig.Load(parsed.GetValue(root), parsed.GetValue(config), readOnly: isDryRun);
            if (!isDryRun)
                Confirmation.Require(parsed.GetValue(yes), $"Rewind {key} to revision {wanted}?", parsed.InvocationConfiguration.Error);
            var stored = await CheckpointSession.UseAsync(
                settings, (client, stop) => RewindAsync(client, key, wanted, isDryRun, settings, stop), cancellationToken);
            var document = new StoredDocument(OutputJson.SchemaVersion, key.Bank, key.Source, stored, new OriginJson(key.Bank, key.Source, wanted), isDryRun);
            var output = parsed.InvocationConfiguration.Output;
            if (parsed.GetValue(json)) output.WriteJson(document, OutputJson.Lines.StoredDocument);
            else output.WriteLine(PlainText.OneLine(isDryRun ? $"{key} would go back to revision {wanted}" : $"{key} went back to revision {wanted}, as revision {stored}"));
            return ExitCode.Ok;
        }));
        return command;
    }

    private static async Task<long?> RewindAsync(
        ICheckpointClient client, CheckpointKey key, long revision, bool isDryRun, RetainConfig settings, CancellationToken cancellationToken)
    {
        // The past is looked at first, so that a revision that is not there is told as such.
        if (await client.LoadAsync(key, revision, cancellationToken) is null) throw CheckpointSession.NotFound(key, settings, revision);
        return isDryRun ? null : await client.RewindAsync(key, revision, Guid.NewGuid(), cancellationToken);
    }
}
