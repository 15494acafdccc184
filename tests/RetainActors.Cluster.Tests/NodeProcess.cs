using System.Diagnostics;

namespace RetainActors.Cluster.Tests;

/// <summary>A node of the cluster as a process of its own, to be killed.</summary>
internal sealed class NodeProcess : IDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly Process _process;

    private NodeProcess(Database database, string seed, string settings)
    {
        var config = _directory.Write("node.conf", Nodes.Settings(database, settings));
        _process = Process.Start(new ProcessStartInfo(DotNet, [Driver, config, seed]) { RedirectStandardInput = true, RedirectStandardOutput = true })
            ?? throw new InvalidOperationException($"{DotNet} did not start.");
    }

    private static string Driver => Path.Combine(AppContext.BaseDirectory, "RetainActors.Cluster.Driver.dll");

    private static string DotNet =>
        Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet";

    /// <summary>Starts a node and waits until the cluster has it up.</summary>
    public static async Task<NodeProcess> StartAsync(Database database, string seed, string settings = "")
    {
        var node = new NodeProcess(database, seed, settings);
        while (await node._process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(120)) is { } line)
            if (line.StartsWith("UP ", StringComparison.Ordinal))
                return node;
        node.Dispose();
        throw new InvalidOperationException("The node ended before it was up.");
    }

    /// <summary>Sends a signal, such as <c>STOP</c>.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Waits until the node ended by itself.</summary>
    public Task EndedAsync() => _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(120));

    /// <summary>SIGKILL.</summary>
    public void Kill() => _process.Kill();

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _directory.Dispose();
    }
}
