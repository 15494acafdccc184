using System.Diagnostics;

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

    private static string DotNet =>
        Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";
}
