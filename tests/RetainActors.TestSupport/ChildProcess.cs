using System.Diagnostics;

namespace RetainActors.TestSupport;

/// <summary>A process of its own that tells line by line what it does, to be killed.</summary>
public class ChildProcess : IDisposable
{
    private readonly Process _process;

    /// <summary>Starts a program.</summary>
    protected ChildProcess(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        // Of those a killed process leaves its sockets behind.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
    }

    /// <summary>The program that runs assemblies.</summary>
    protected static string DotNet =>
        Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";

    /// <summary>The id of the process.</summary>
    public int ProcessId => _process.Id;

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Starts an assembly that lies beside the tests.</summary>
    public static ChildProcess Start(string assembly, params string[] arguments) =>
        new(DotNet, [Path.Combine(AppContext.BaseDirectory, assembly), .. arguments]);

    /// <summary>Writes a line to its input.</summary>
    public void WriteLine(string line) => _process.StandardInput.WriteLine(line);

    /// <summary>Ends its input.</summary>
    public void EndInput() => _process.StandardInput.Close();

    /// <summary>The next line it has printed; null at the end.</summary>
    public string? ReadLine() => _process.StandardOutput.ReadLine();

    /// <summary>All lines up to its end.</summary>
    public List<string> ReadToEnd()
    {
        var lines = new List<string>();
        while (ReadLine() is { } line) lines.Add(line);
        _process.WaitForExit();
        return lines;
    }

    /// <summary>Judges each line as it comes, up to its end; the first judgement that is not null.</summary>
    public string? ReadToEnd(Func<string, string?> judge)
    {
        string? first = null;
        while (ReadLine() is { } line) first ??= judge(line);
        _process.WaitForExit();
        return first;
    }

    /// <summary>SIGKILL; what was printed before can still be read.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Sends a signal, such as <c>TERM</c>.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{ProcessId}"]);
        kill.WaitForExit();
    }

    /// <summary>Waits until it has ended.</summary>
    public void WaitForExit() => _process.WaitForExit();

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Kills it where it still lives.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }
}
