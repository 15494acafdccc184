using System.Globalization;

namespace RetainActors.Storage.Tests;

/// <summary>The storage driver as a process of its own.</summary>
internal sealed class DriverProcess : ChildProcess
{
    private DriverProcess(string program, IEnumerable<string> arguments)
        : base(program, arguments)
    {
    }

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

    internal static DriverProcess StartUnderUmask(string umask, string command, string directory) =>
        new("/bin/sh", ["-c", $"umask {umask}; exec '{DotNet}' '{Driver}' {command} '{directory}'"]);

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
}
