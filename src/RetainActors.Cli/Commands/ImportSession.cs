using Akka.Actor;
using RetainActors.Checkpoints;
using RetainActors.Cli.Output;
using RetainActors.Json;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Cli.Commands;

/// <summary>What <c>retain import</c> was asked for.</summary>
internal sealed record ImportOptions(string Folder, string? Bank, bool Overwrite, bool DryRun, RetainConfig Config);

/// <summary>One <c>retain import</c>: looks at every file, then saves the good ones, some at a time and told in order.</summary>
internal sealed class ImportSession(ImportOptions options, ImportReport report)
{
    private const int FilesAtOnce = 64;

    private readonly RootFault _fault = new();

    /// <summary>Why the command as a whole failed; null when it did not.</summary>
    public CommandFailure? Failure => _fault.Failure;

    /// <summary>Does it all and returns the exit code.</summary>
    public async Task<int> ExecuteAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _fault.Token);
            await ImportAsync(stop.Token);
        }
        catch (CommandFailure e)
        {
            _fault.Report(e);
        }
        catch (OperationCanceledException) when (_fault.Failure is not null)
        {
            // The root failed; the code below says so.
        }

        report.OnFinished(_fault.Failure);
        return _fault.Failure is { } failure ? failure.ExitCode : report.HasFailures ? ExitCode.Failed : ExitCode.Ok;
    }

    private async Task ImportAsync(CancellationToken cancellationToken)
    {
        var folder = new ImportFolder(options.Folder);
        var files = folder.Find(cancellationToken).Where(file => options.Bank is null || file.Key is null || file.Key.Bank == options.Bank);
        // A dry run reads what is there beside its owner, and makes nothing when nothing is there.
        await using var retain = options.DryRun && !ExistingRoot.HasJournal(options.Config)
            ? null
            : await RetainSystem.StartAsync(options.Config, _fault.Report, cancellationToken);
        var checkpoints = retain is null ? null : RetainCheckpoints.Get(retain.System);
        foreach (var some in files.Chunk(FilesAtOnce))
        {
            var outcomes = await Task.WhenAll(some.Select(file => file.Problem is { } problem
                ? Task.FromResult(new ImportOutcome(file.File, file.Key, ExchangeEnd.Failed, Problem: problem))
                : ImportAsync(folder, file.File, checkpoints, cancellationToken)));
            foreach (var outcome in outcomes) report.OnEnded(outcome);
        }
    }

    private async Task<ImportOutcome> ImportAsync(ImportFolder folder, string file, RetainCheckpoints? checkpoints, CancellationToken cancellationToken)
    {
        var (context, problem) = folder.Read(file);
        if (context is null) return new ImportOutcome(file, null, ExchangeEnd.Failed, Problem: problem);
        try
        {
            var stored = checkpoints is null ? null : await checkpoints.Client.LoadAsync(context.Key, cancellationToken: cancellationToken);
            if (stored is not null && stored.Context.Equals(context)) return new ImportOutcome(file, context.Key, ExchangeEnd.Unchanged, stored.Revision);
            if (stored is not null && !options.Overwrite)
                return ImportOutcome.Failed(
                    file, context.Key, AstrocyteFileReason.Exists, $"there is another checkpoint of it, at revision {stored.Revision}; give --overwrite to replace it");
            return options.DryRun
                ? new ImportOutcome(file, context.Key, ExchangeEnd.WouldImport)
                : new ImportOutcome(file, context.Key, ExchangeEnd.Imported, await SaveAsync(checkpoints!, context, stored?.Revision ?? 0, cancellationToken));
        }
        catch (CheckpointUnreadableException e)
        {
            return ImportOutcome.Failed(file, context.Key, AstrocyteFileReason.Unreadable, $"the stored checkpoint cannot be read, so it is not written over: {e.Message}");
        }
        catch (CheckpointException e)
        {
            return ImportOutcome.Failed(file, context.Key, AstrocyteFileReason.NotSaved, e.Message);
        }
    }

    private async Task<long> SaveAsync(RetainCheckpoints checkpoints, RetainContext context, long expectedRevision, CancellationToken cancellationToken)
    {
        try
        {
            return await checkpoints.Client.SaveAsync(context, expectedRevision: expectedRevision, cancellationToken: cancellationToken);
        }
        // This process owns the root, so the run that claimed the key is gone; the import takes its place, as the next run would.
        catch (SaveRefusedException e) when (e.Reason == RefuseReason.StaleEpoch && options.Overwrite)
        {
            var reply = await checkpoints.ClientActor.Ask<ICheckpointReply>(new Claim(context.Key), cancellationToken);
            if (reply is not Claimed claimed) throw;
            return await checkpoints.Client.SaveAsync(context, epoch: claimed.Epoch, cancellationToken: cancellationToken);
        }
    }
}
