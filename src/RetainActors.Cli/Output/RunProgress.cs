using System.Globalization;
using RetainActors.Runs;
using Spectre.Console;

namespace RetainActors.Cli.Output;

/// <summary>What goes to standard error while a run is on its way: a bar on a terminal, and every failure as a line.</summary>
internal sealed class RunProgress : IAsyncDisposable
{
    private readonly TextWriter _error;
    private readonly string _title;
    private readonly Lock _gate = new();
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
        _title = PlainText.OneLine(title);
        if (!isTerminal || count == 0) return;

        _console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
        _drawing = _console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn(), new SpinnerColumn())
            .StartAsync(async context =>
            {
                _bar = context.AddTask(Markup.Escape(_title), maxValue: count);
                await _finished.Task;
            });
    }

    public void OnEnded(SourceOutcome outcome)
    {
        _bar?.Increment(1);
        if (outcome.Problem is { } problem) Write($"failed {outcome.Source}: {problem.Reason}: {problem.Detail}");
    }

    /// <summary>Shows what a run does now, and says what it has to try again.</summary>
    public void On(RunEvent told)
    {
        switch (told)
        {
            case RunEvent.StateEntered entered when _bar is not null:
                _bar.Description = Markup.Escape(PlainText.OneLine($"{_title}: {entered.Key.Source} {entered.State}"));
                break;
            case RunEvent.Retried retried:
                Write(string.Create(
                    CultureInfo.InvariantCulture,
                    $"retrying {retried.Key.Source}: {retried.State} failed, {retried.Failures} in a row; again in {retried.After.TotalSeconds:0.#} s: {retried.Error}"));
                break;
        }
    }

    /// <summary>Takes the bar away.</summary>
    public async ValueTask DisposeAsync()
    {
        _finished.TrySetResult();
        await _drawing;
    }

    /// <summary>Sources end on any thread, and runs go on meanwhile.</summary>
    private void Write(string text)
    {
        var line = PlainText.OneLine(text);
        lock (_gate)
        {
            if (_console is null) _error.WriteLine(line);
            else _console.WriteLine(line);
        }
    }
}
