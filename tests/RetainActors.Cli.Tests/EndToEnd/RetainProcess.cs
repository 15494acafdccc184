using System.Collections.Concurrent;
using System.Diagnostics;
using RetainActors.Cli.Tests.Commands;

namespace RetainActors.Cli.Tests.EndToEnd;

/// <summary>The real tool in a process of its own.</summary>
internal sealed class RetainProcess : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(180);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(2);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly ConcurrentQueue<string> _error = new();
    private readonly SemaphoreSlim _lines = new(0);
    private readonly string _commandLine;

    private RetainProcess(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        _commandLine = string.Join(' ', [program, .. start.ArgumentList]);
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Take(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Take(_error, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The tool as it was built beside the tests.</summary>
    public static string Dll { get; } = Path.Combine(AppContext.BaseDirectory, "retain.dll");

    public int Id => _process.Id;

    public static RetainProcess Start(params string[] arguments) => new("dotnet", [Dll, .. arguments]);

    /// <summary>Starts another program that starts the tool, such as strace.</summary>
    public static RetainProcess StartThrough(string program, string[] programArguments, params string[] arguments) =>
        new(program, [.. programArguments, "dotnet", Dll, .. arguments]);

    public static async Task<CliResult> RunAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        return await process.EndAsync();
    }

    /// <summary>Waits for the process to end by itself.</summary>
    public async Task<CliResult> EndAsync()
    {
        using var timeout = new CancellationTokenSource(Deadline);
        try
        {
            await _process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"{_commandLine} did not end within {Deadline.TotalSeconds} s. It wrote:\n{Text(_output)}{Text(_error)}");
        }

        return new CliResult(_process.ExitCode, Text(_output), Text(_error));
    }

    /// <summary>Waits until it has written so many lines to standard output, or has ended.</summary>
    public async Task AwaitLinesAsync(int count)
    {
        while (_output.Count < count && !_process.HasExited)
            await _lines.WaitAsync(TimeSpan.FromMilliseconds(100));
    }

    /// <summary>Waits until something is true of the files it writes, or it has ended.</summary>
    public async Task AwaitAsync(Func<bool> condition)
    {
        for (var watch = Stopwatch.StartNew(); !_process.HasExited && !condition(); await Task.Delay(PollInterval))
            if (watch.Elapsed > Deadline) throw new TimeoutException($"{_commandLine} did not get there. It wrote:\n{Text(_output)}{Text(_error)}");
    }

    /// <summary>Waits until standard error says something; fails when the process ends without it.</summary>
    public async Task AwaitErrorAsync(string text)
    {
        await AwaitAsync(() => Text(_error).Contains(text, StringComparison.Ordinal));
        if (!Text(_error).Contains(text, StringComparison.Ordinal)) throw new InvalidOperationException($"{_commandLine} ended: {Text(_output)}{Text(_error)}");
    }

    /// <summary>Waits until standard output says something; fails when the process ends without it.</summary>
    public async Task AwaitOutputAsync(string text)
    {
        await AwaitAsync(() => Text(_output).Contains(text, StringComparison.Ordinal));
        if (!Text(_output).Contains(text, StringComparison.Ordinal)) throw new InvalidOperationException($"{_commandLine} ended: {Text(_output)}{Text(_error)}");
    }

    /// <summary>SIGKILL: no handler of the process runs.</summary>
    public async Task<CliResult> KillAsync()
    {
        _process.Kill();
        return await EndAsync();
    }

    public async Task<CliResult> TerminateAsync()
    {
        await SignalAsync("TERM");
        return await EndAsync();
    }

    public async Task SignalAsync(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{Id}"]);
        await kill.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
        _lines.Dispose();
    }

    private void Take(ConcurrentQueue<string> lines, string? line)
    {
        if (line is null) return;
        lines.Enqueue(line);
        _lines.Release();
    }

    private static string Text(IEnumerable<string> lines) => string.Concat(lines.Select(line => line + "\n"));
}
