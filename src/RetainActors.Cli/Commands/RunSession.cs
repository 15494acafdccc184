using System.Diagnostics;
using RetainActors.Cli.MarkdownPipeline;
using RetainActors.Cli.Output;
using RetainActors.Cli.Sources;
using RetainActors.Storage;

namespace RetainActors.Cli.Commands;

/// <summary>
/// One <c>retain run</c>: opens the journal and the bank, takes every source through its run, a few at a time, and tells the
/// report. When the root fails, all stops at once.
/// </summary>
internal sealed class RunSession(RunOptions options, IRunReport report, Func<int, RunProgress> startProgress)
{
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly RootFault _fault = new();
    private readonly List<SourceOutcome> _outcomes = [];
    private readonly Lock _gate = new();

    /// <summary>Does it all and returns the exit code.</summary>
    public async Task<int> ExecuteAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _fault.Token);
            await RetainAsync(stop.Token);
        }
        catch (CommandFailure e)
        {
            _fault.Report(e);
        }
        catch (BankException e)
        {
            _fault.Report(CommandFailure.From(e));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested || _fault.Failure is not null)
        {
            // The code below says which.
        }

        var wasCancelled = cancellationToken.IsCancellationRequested && _fault.Failure is null;
        report.OnFinished(RunSummary.Of(_outcomes, _watch.ElapsedMilliseconds), _fault.Failure);
        return _fault.Failure is { } failure ? failure.ExitCode : wasCancelled ? ExitCode.Cancelled : ExitCodeOf(_outcomes);
    }

    /// <summary>Why the command as a whole failed; null when it did not.</summary>
    public CommandFailure? Failure => _fault.Failure;

    private async Task RetainAsync(CancellationToken cancellationToken)
    {
        await using var writer = new BankWriter(
            new BankFiles(PosixFileSystem.Instance, options.Config.Root, options.Bank), options.Bank, failure => _fault.Report(CommandFailure.From(failure)));
        // Stopped before the writer: a run must not find the writer closed and take that for its own failure.
        await using var retain = await RetainSystem.StartAsync(options.Config, _fault.Report, cancellationToken);
        await writer.ReconcileAsync();

        var runs = options.Config.StartRuns(retain.System, new MarkdownStates(writer, options.ModelLatency, MarkdownStates.DefaultReadLimit).BuildTable());
        var sources = new SourceRunner(options.Bank, runs, RetainCheckpoints.Get(retain.System).Client, writer, _fault);
        var entries = SourceFolder.Find(options.Folder, options.Config.Root);
        await using var progress = startProgress(entries.Count);
        retain.System.ActorOf(RunProgressActor.PropsFor(progress), "run-progress");
        await Parallel.ForEachAsync(
            entries,
            new ParallelOptions { MaxDegreeOfParallelism = options.Parallel, CancellationToken = cancellationToken },
            async (entry, token) =>
            {
                if (await sources.RunAsync(entry, token) is not { } outcome) return;
                lock (_gate)
                {
                    _outcomes.Add(outcome);
                    progress.OnEnded(outcome);
                    report.OnEnded(outcome);
                }
            });
    }

    private static int ExitCodeOf(IReadOnlyCollection<SourceOutcome> outcomes) =>
        outcomes.Any(outcome => outcome.Problem?.Reason == SourceOutcome.CorruptReason) ? ExitCode.Corrupt
        : outcomes.Any(outcome => outcome.End == SourceEnd.Failed) ? ExitCode.Failed
        : ExitCode.Ok;
}
