using System.Diagnostics;

namespace RetainActors.Storage.Tests.Kills;

/// <summary>A step of the driver of which one thread is traced, and may die at a system call.</summary>
internal static class TracedStep
{
    /// <summary>The calls that change something; a process that dies at one has not done it.</summary>
    private const string Calls =
        "openat,pwrite64,pwritev,write,fdatasync,fsync,ftruncate,fallocate,rename,renameat,renameat2,unlink,unlinkat,mkdir,chmod,fchmod,flock,fcntl";

    /// <summary>The names of the system calls of a step, in order.</summary>
    internal static List<string> Count(string directory, StepName step, ChurnOracle oracle, string output)
    {
        Assert.Null(Take(oracle, Run(directory, step, oracle, ["-o", output, "-e", $"trace={Calls}"])));
        return [.. File.ReadLines(output).Select(line => line.Split('(')[0]).Where(name => Calls.Split(',').Contains(name))];
    }

    /// <summary>Runs a step and ends its process at the n-th call of a name; null unless something is told that must not be.</summary>
    internal static string? Die(string directory, StepName step, ChurnOracle oracle, string call, int n, out bool died)
    {
        var lines = Run(directory, step, oracle, ["-o", "/dev/null", "-e", $"trace={call}", "-e", $"inject={call}:signal=SIGKILL:when={n}"]);
        died = !lines.Contains("ready");
        return Take(oracle, lines);
    }

    /// <summary>
    /// Runs a step in which the kernel fails calls of a name, the n-th or from it on; null when that is told and nothing is
    /// acknowledged after it.
    /// </summary>
    internal static string? Fail(string directory, StepName step, ChurnOracle oracle, string call, string error, string when)
    {
        var lines = Run(directory, step, oracle, ["-o", "/dev/null", "-e", $"trace={call}", "-e", $"inject={call}:error={error}:when={when}"]);
        var told = lines.FindIndex(line => line.StartsWith("failed ", StringComparison.Ordinal));
        if (told < 0) return $"{error} was not told of";
        return lines.Skip(told + 1).FirstOrDefault(line => line.StartsWith("ack ", StringComparison.Ordinal)) ?? Take(oracle, lines[..told]);
    }

    private static string? Take(ChurnOracle oracle, List<string> lines) => lines.Select(oracle.Take).FirstOrDefault(wrong => wrong is not null);

    private static List<string> Run(string directory, StepName step, ChurnOracle oracle, string[] trace)
    {
        using var driver = DriverProcess.Start("step", directory, "7", step.Name, step.Lie);
        string? line;
        while ((line = driver.ReadLine()) is not (null or "set"))
        {
            if (oracle.Take(line) is { } wrong) return [wrong];
        }

        var thread = driver.FindThread(step.Thread);
        using var strace = Process.Start("strace", ["-qq", "-p", $"{thread}", .. trace]);
        while (!File.ReadLines($"/proc/{driver.ProcessId}/task/{thread}/status").Contains($"TracerPid:\t{strace.Id}") && !strace.HasExited) Thread.Yield();
        driver.WriteLine("go");
        var lines = driver.ReadToEnd();
        strace.WaitForExit();
        return lines;
    }
}

/// <summary>What the driver does, which of its threads makes the system calls, and what it does wrong if anything.</summary>
internal sealed record StepName(string Name, string Thread, string Lie = "")
{
    internal static readonly StepName Open = new("open", "retain-step");
    internal static readonly StepName Append = new("append", "retain-commit");
    internal static readonly StepName Compact = new("compact", "retain-maintena");
    internal static readonly StepName Close = new("close", "retain-step");
}
