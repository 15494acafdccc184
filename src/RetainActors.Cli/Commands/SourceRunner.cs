using System.Diagnostics;
using RetainActors.Checkpoints;
using RetainActors.Cli.MarkdownPipeline;
using RetainActors.Cli.Output;
using RetainActors.Cli.Sources;
using RetainActors.Runs;

namespace RetainActors.Cli.Commands;

/// <summary>Takes one source through its run.</summary>
internal sealed class SourceRunner(string bank, IRunClient runs, ICheckpointClient checkpoints, BankWriter writer, RootFault fault)
{
    /// <summary>How the source ended; null when it was stopped before its end.</summary>
    public async Task<SourceOutcome?> RunAsync(SourceEntry entry, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        var (text, problem) = entry.Problem is null ? SourceReader.Read(entry.Path) : (null, entry.Problem);
        if (KeyOf(bank, entry, out var unusable) is not { } key || text is null) return SourceOutcome.Failed(entry.Source, unusable ?? problem!, watch.ElapsedMilliseconds);

        var run = RunAsync(key, text, cancellationToken);
        // The answer of a failed root may take as long as the deadline of a request; nobody needs to wait for it.
        if (await Task.WhenAny(run, fault.Reported) != run && !run.IsCompleted) return OutcomeOfFault(key, watch);
        var outcome = SourceOutcome.From(await run, watch.ElapsedMilliseconds);
        return outcome is { End: SourceEnd.Failed } && fault.Failure is not null ? OutcomeOfFault(key, watch) : outcome;
    }

    private async Task<RunResult> RunAsync(CheckpointKey key, string text, CancellationToken cancellationToken)
    {
        var result = await runs.RunAsync(key, text, ChangePolicy.Restart, ChangePolicy.Restart, cancellationToken: cancellationToken);
        if (result.Outcome != RunOutcome.UpToDate || await IsInBankAsync(result)) return result;

        // Somebody took the contribution away that the checkpoint speaks of: retain the source again.
        try
        {
            await checkpoints.DeleteAsync(key, cancellationToken);
        }
        catch (CheckpointUnavailableException e)
        {
            return RunResult.Without(key, RunOutcome.Failed, e.Reason, e.Message);
        }

        return await runs.RunAsync(key, text, ChangePolicy.Restart, ChangePolicy.Restart, cancellationToken: cancellationToken);
    }

    private async Task<bool> IsInBankAsync(RunResult upToDate) =>
        (await writer.FindAsync(upToDate.Key.Source))?.PublishedOf(upToDate.Context!.TextSha256!) is not null;

    private SourceOutcome OutcomeOfFault(CheckpointKey key, Stopwatch watch) => SourceOutcome.Failed(
        key.Source, new SourceProblem(fault.Failure!.Reason, "The root failed while this source was on its way; its last acknowledged state is kept."), watch.ElapsedMilliseconds);

    /// <summary>The key of a source; null with a problem when its path is no id.</summary>
    public static CheckpointKey? KeyOf(string bank, SourceEntry entry, out SourceProblem? problem)
    {
        problem = null;
        try
        {
            return new CheckpointKey(bank, entry.Source);
        }
        catch (ArgumentException e)
        {
            problem = new SourceProblem("IdInvalid", $"{entry.Path} has a path that is no id: {e.Message} Give it a shorter name, or start from a folder nearer to it.");
            return null;
        }
    }
}
