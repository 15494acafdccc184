using System.Threading.Channels;

namespace RetainActors.Cluster.Tests;

/// <summary>A node of the cluster as a process of its own, to be killed.</summary>
internal sealed class NodeProcess : ChildProcess
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly TempDirectory _directory;
    private readonly TaskCompletionSource _up = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<string> _answers = Channel.CreateUnbounded<string>();
    private string _last = "it told nothing";

    private NodeProcess(TempDirectory directory, IReadOnlyList<string> program, Action<string> told)
        : base(program[0], program.Skip(1))
    {
        _directory = directory;
        Read = Task.Factory.StartNew(() => ReadAll(told), TaskCreationOptions.LongRunning);
    }

    /// <summary>Everything that it told was read: it has ended.</summary>
    public Task Read { get; }

    /// <summary>Starts a node and waits until the cluster has it up.</summary>
    /// <param name="database">The database, as the node reaches it.</param>
    /// <param name="seed">Address of the node to join by.</param>
    /// <param name="settings">Above those of all nodes.</param>
    /// <param name="told">Gets each line that it tells later on, in order.</param>
    /// <param name="launcher">The program that starts it, with its arguments, where it is not started right away.</param>
    public static async Task<NodeProcess> StartAsync(
        Database database, string seed, string settings = "", Action<string>? told = null, IReadOnlyList<string>? launcher = null)
    {
        var directory = new TempDirectory();
        var config = directory.Write("node.conf", Nodes.Settings(database, settings));
        string[] program = [.. launcher ?? [], DotNet, Path.Combine(AppContext.BaseDirectory, "RetainActors.Cluster.Driver.dll"), config, seed];
        var node = new NodeProcess(directory, program, told ?? (_ => { }));
        if (await Task.WhenAny(node._up.Task, node.Read).WaitAsync(Patience) == node._up.Task) return node;
        node.Dispose();
        throw new InvalidOperationException($"The node ended before it was up: {node._last}");
    }

    /// <summary>Tells it something and waits until it answered so; false when it ended instead.</summary>
    public async Task<bool> AskAsync(string command, string answer)
    {
        if (HasExited) return false;
        WriteLine(command);
        using var patience = new CancellationTokenSource(Patience);
        await foreach (var line in _answers.Reader.ReadAllAsync(patience.Token))
            if (line == answer)
                return true;
        return false;
    }

    /// <summary>Waits until the node ended by itself.</summary>
    public Task EndedAsync() => Read.WaitAsync(Patience);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _directory.Dispose();
    }

    private void ReadAll(Action<string> told)
    {
        while (ReadLine() is { } line)
        {
            _last = line;
            if (line.StartsWith("UP ", StringComparison.Ordinal)) _up.TrySetResult();
            else if (line.Contains(' ', StringComparison.Ordinal)) told(line);
            else _answers.Writer.TryWrite(line);
        }

        _answers.Writer.TryComplete();
        WaitForExit();
    }
}
