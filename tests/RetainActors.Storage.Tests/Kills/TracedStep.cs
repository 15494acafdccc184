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
        Assert.Null(Run(directory, step, oracle, ["-o", output, "-e", $"trace={Calls}"], out _));
        return [.. File.ReadLines(output).Select(line => line.Split('(')[0]).Where(name => Calls.Split(',').Contains(name))];
    }

    /// <summary>Runs a step and ends its process at the n-th call of a name; null unless something is told that must not be.</summary>
    internal static string? Die(string directory, StepName step, ChurnOracle oracle, string call, int n, out bool died) =>
        Run(directory, step, oracle, ["-o", "/dev/null", "-e", $"trace={call}", "-e", $"inject={call}:signal=SIGKILL:when={n}"], out died);

    private static string? Run(string directory, StepName step, ChurnOracle oracle, string[] trace, out bool died)
    {
        using var driver = DriverProcess.Start("step", directory, "7", step.Name, step.Lie);
        string? line;
        while ((line = driver.ReadLine()) is not (null or "set"))
        {
            if (oracle.Take(line) is { } wrong)
            {
                died = false;
                return wrong;
            }
        }

        var thread = driver.FindThread(step.Thread);
        using var strace = Process.Start("strace", ["-qq", "-p", $"{thread}", .. trace]);
        while (!File.ReadLines($"/proc/{driver.ProcessId}/task/{thread}/status").Contains($"TracerPid:\t{strace.Id}") && !strace.HasExited) Thread.Yield();
        driver.WriteLine("go");
        var lines = driver.ReadToEnd();
        strace.WaitForExit();
        died = !lines.Contains("ready");
        return lines.Select(oracle.Take).FirstOrDefault(wrong => wrong is not null);
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
