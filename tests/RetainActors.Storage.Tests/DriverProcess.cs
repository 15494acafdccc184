using System.Diagnostics;
using System.Globalization;

namespace RetainActors.Storage.Tests;

/// <summary>The storage driver as a process of its own.</summary>
internal sealed class DriverProcess : IDisposable
{
    private readonly Process _process;

    private DriverProcess(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
    }

    internal int ProcessId => _process.Id;

    internal bool HasExited => _process.HasExited;

    private static string Driver => Path.Combine(AppContext.BaseDirectory, "RetainActors.Storage.Driver.dll");

    internal static DriverProcess Start(string command, string directory, params string[] more) =>
        new(DotNet, [Driver, command, directory, .. more]);

    /// <summary>Starts it under strace, which makes system calls fail as told.</summary>
    internal static DriverProcess StartWithFaults(string inject, string command, string directory) => new(
        "strace",
        [
            "-f", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync,fsync", "-e", $"inject={inject}",
            DotNet, Driver, command, directory,
        ]);

    internal static DriverProcess StartUnderUmaskZero(string command, string directory) =>
        new("/bin/sh", ["-c", $"umask 000; exec '{DotNet}' '{Driver}' {command} '{directory}'"]);

    /// <summary>
    /// The id of a thread by its name, of which the kernel keeps 15 characters. Threads that it has started have its name too, until
    /// they take their own.
    /// </summary>
    internal int FindThread(string name)
    {
        int[] found;
        do
        {
            found = [.. Directory.EnumerateDirectories($"/proc/{ProcessId}/task").Where(task => NameOf(task) == name)
                .Select(task => int.Parse(Path.GetFileName(task), CultureInfo.InvariantCulture))];
        }
        while (found.Length == 0);
        return found.Min();
    }

    internal void WriteLine(string line) => _process.StandardInput.WriteLine(line);

    internal void EndInput() => _process.StandardInput.Close();

    internal string? ReadLine() => _process.StandardOutput.ReadLine();

    internal List<string> ReadToEnd()
    {
        var lines = new List<string>();
        while (ReadLine() is { } line) lines.Add(line);
        _process.WaitForExit();
        return lines;
    }

    /// <summary>SIGKILL; what was printed before can still be read.</summary>
    internal void Kill() => _process.Kill();

    internal void WaitForExit() => _process.WaitForExit();

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private static string NameOf(string task)
    {
        try
        {
            return File.ReadAllText(Path.Combine(task, "comm")).Trim();
        }
        catch (IOException)
        {
            // Ended meanwhile.
            return "";
        }
    }

    private static string DotNet =>
        Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
}
