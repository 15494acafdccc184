using RetainActors.Cli.Sources;
using Spectre.Console;

namespace RetainActors.Cli.Output;

/// <summary>What goes to standard error while a run is on its way: a bar on a terminal, and every failure as a line.</summary>
internal sealed class RunProgress : IAsyncDisposable
{
    private readonly TextWriter _error;
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _drawing = Task.CompletedTask;
    private readonly IAnsiConsole? _console;
    private ProgressTask? _bar;

    /// <param name="error">Standard error.</param>
    /// <param name="title">What the bar is called.</param>
    /// <param name="count">How many sources there are.</param>
    /// <param name="isTerminal">Whether somebody watches; a file gets no bar.</param>
    public RunProgress(TextWriter error, string title, int count, bool isTerminal)
    {
        _error = error;
        if (!isTerminal || count == 0) return;

        _console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
        _drawing = _console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn(), new SpinnerColumn())
            .StartAsync(async context =>
            {
                _bar = context.AddTask(Markup.Escape(TerminalText.OneLine(title)), maxValue: count);
                await _finished.Task;
            });
    }

    public void OnEnded(SourceOutcome outcome)
    {
        _bar?.Increment(1);
        if (outcome.Problem is { } problem) Warn(outcome.Source, problem);
    }

    /// <summary>Takes the bar away.</summary>
    public async ValueTask DisposeAsync()
    {
        _finished.TrySetResult();
        await _drawing;
    }

    private void Warn(string source, SourceProblem problem)
    {
        var line = TerminalText.OneLine($"failed {source}: {problem.Reason}: {problem.Detail}");
        if (_console is null) _error.WriteLine(line);
        else _console.WriteLine(line);
    }
}
