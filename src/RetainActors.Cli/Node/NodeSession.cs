using System.Diagnostics;
using Akka.Actor;
using Akka.Configuration;
using RetainActors.Cli.Commands;
using RetainActors.Cli.MarkdownPipeline;
using RetainActors.Cli.Output;
using RetainActors.Cli.Sources;
using RetainActors.Cluster.Postgres;
using RetainActors.Cluster.Runs;
using RetainActors.Runs;
using RetainActors.Storage;
using RunProgress = RetainActors.Cli.Output.RunProgress;

namespace RetainActors.Cli.Node;

/// <summary>
/// One node: joins the cluster, asks for the runs of all sources, wherever they are, and then stays for what others ask for and leave,
/// until it is told to stop.
/// </summary>
internal sealed class NodeSession(Config config, NodeSettings settings, Func<Exception, CommandFailure> refused, IRunReport report, TextWriter error)
{
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly RootFault _fault = new();
    private readonly List<SourceOutcome> _outcomes = [];
    private readonly Lock _gate = new();

    /// <summary>Stays until it is stopped; ends early only by a failure.</summary>
    /// <exception cref="CommandFailure">The node cannot start, was given up by the others, or its bank failed.</exception>
    public async Task ExecuteAsync(CancellationToken stop)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(stop, _fault.Token);
        try
        {
            // Closed after the system: a run must not find it closed and take that for its own failure.
            await using var writer = new BankWriter(
                new BankFiles(PosixFileSystem.Instance, settings.Root, settings.Bank), settings.Bank, failure => _fault.Report(CommandFailure.From(failure)));
            await writer.ReconcileAsync();
            await ServeAsync(Starting(() => ActorSystem.Create("retain", config)), writer, ends.Token);
        }
        catch (BankException e)
        {
            _fault.Report(CommandFailure.From(e));
        }
        catch (OperationCanceledException) when (_fault.Failure is not null)
        {
            // The bank failed while the node still waited to be up; the code below says so.
        }

        if (_fault.Failure is { } failure) throw failure;
    }

    private T Starting<T>(Func<T> start)
    {
        try
        {
            return start();
        }
        catch (JournalFenceException e)
        {
            throw NodeConfig.NoFence(e);
        }
        // Akka refuses settings by exceptions of many kinds; nothing has run yet.
        catch (Exception e)
        {
            throw refused(e);
        }
    }

    private async Task ServeAsync(ActorSystem system, BankWriter writer, CancellationToken stop)
    {
        try
        {
            var states = new MarkdownStates(writer, settings.ModelLatency, MarkdownStates.DefaultReadLimit).BuildTable();
            var runs = Starting(() => ClusterRuns.Start(system, states, new FolderTexts(settings.Bank, settings.Folder), changed: ChangePolicy.Restart));
            await using var progress = new RunProgress(error, settings.Bank, count: 0, isTerminal: false);
            system.ActorOf(RunProgressActor.PropsFor(progress), "run-progress");
            await UpAsync(system, stop);
            var retained = RetainAsync(runs, progress, stop);
            await Task.WhenAny(system.WhenTerminated, Task.Delay(Timeout.Infinite, stop));
            if (!stop.IsCancellationRequested)
                _fault.Report(new CommandFailure(
                    "GivenUp", "The other nodes gave this one up, because they could not reach it for too long. Its runs go on there; start it again.", ExitCode.Failed));
            try
            {
                await retained;
            }
            catch (OperationCanceledException)
            {
                // Told to stop; else it was answered by the end of the system.
            }
        }
        finally
        {
            await CoordinatedShutdown.Get(system).Run(CoordinatedShutdown.ClrExitReason.Instance);
        }
    }

    private async Task UpAsync(ActorSystem system, CancellationToken stop)
    {
        var cluster = Akka.Cluster.Cluster.Get(system);
        var up = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.RegisterOnMemberUp(up.SetResult);
        error.WriteLine($"joining: {cluster.SelfAddress} by {string.Join(", ", cluster.Settings.SeedNodes)}");
        await Task.WhenAny(up.Task, system.WhenTerminated, Task.Delay(Timeout.Infinite, stop));
        stop.ThrowIfCancellationRequested();
        if (up.Task.IsCompleted) error.WriteLine($"up: {cluster.SelfAddress}");
    }

    private async Task RetainAsync(ClusterRuns runs, RunProgress progress, CancellationToken stop)
    {
        var entries = SourceFolder.Find(settings.Folder, settings.Root);
        var options = new ParallelOptions { MaxDegreeOfParallelism = settings.Parallel, CancellationToken = stop };
        await Parallel.ForEachAsync(entries, options, async (entry, token) =>
        {
            if (await RunAsync(runs, entry, token) is not { } outcome) return;
            lock (_gate)
            {
                _outcomes.Add(outcome);
                report.OnEnded(outcome);
                progress.OnEnded(outcome);
            }
        });
        report.OnFinished(RunSummary.Of(_outcomes, _watch.ElapsedMilliseconds), failure: null);
    }

    private async Task<SourceOutcome?> RunAsync(ClusterRuns runs, SourceEntry entry, CancellationToken stop)
    {
        var watch = Stopwatch.StartNew();
        if (entry.Problem is { } problem) return SourceOutcome.Failed(entry.Source, problem, 0);
        if (SourceRunner.KeyOf(settings.Bank, entry, out var unusable) is not { } key) return SourceOutcome.Failed(entry.Source, unusable!, 0);
        return SourceOutcome.From(await runs.RunAsync(key, stop), watch.ElapsedMilliseconds);
    }
}
