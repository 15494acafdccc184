using System.Diagnostics;

namespace RetainActors.Cluster.Tests;

/// <summary>
/// A few node processes, each at an address of its own that it has again after a restart, as under a service manager; who ended is
/// started again when the test says so.
/// </summary>
/// <param name="database">The database, as the nodes reach it.</param>
/// <param name="count">How many nodes.</param>
/// <param name="settings">Settings of all of them.</param>
/// <param name="told">Gets what they tell: the node, how often it was started before, the line.</param>
/// <param name="launcher">The program that starts a node, where it is not started right away.</param>
internal sealed class Fleet(Database database, int count, string settings, Action<Teller, string> told, Func<int, IReadOnlyList<string>>? launcher = null)
    : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly int _port = PostgresServer.FreePort();
    private readonly NodeProcess?[] _nodes = new NodeProcess?[count];
    private readonly int[] _starts = new int[count];
    private string _failure = "every node started";

    /// <summary>The host of a node: one of the addresses of the loopback device.</summary>
    public static string HostOf(int node) => $"127.0.0.{node + 2}";

    public string AddressOf(int node) => $"akka.tcp://retain@{HostOf(node)}:{_port}";

    public NodeProcess this[int node] => _nodes[node]!;

    /// <summary>The nodes that live.</summary>
    public IEnumerable<int> Alive => Enumerable.Range(0, count).Where(node => _nodes[node] is { HasExited: false });

    /// <summary>A node as it is now, to be told from the same one after a restart.</summary>
    public Teller Now(int node) => new(node, _starts[node]);

    /// <summary>Starts every node that is not there, the first one on its own, and waits until all see each other.</summary>
    public async Task<IReadOnlyList<int>> WholeAsync()
    {
        var started = new List<int>();
        var watch = Stopwatch.StartNew();
        while (true)
        {
            Assert.True(watch.Elapsed < Patience, $"the cluster was not whole within {Patience}; {_failure}");
            var missing = Enumerable.Range(0, count).Except(Alive.ToArray()).ToList();
            // The others have it to join by.
            if (missing.Count == count) await StartAsync(missing[0]);
            await Task.WhenAll(missing.Except(Alive.ToArray()).ToArray().Select(StartAsync));
            started.AddRange(missing);

            // A node may end while it waits: it was given up just before.
            if (Alive.Count() == count && await this[0].AskAsync($"WHOLE {count}", "WHOLE") && Alive.Count() == count) return started;
        }
    }

    /// <summary>SIGKILL, and all that it told before is read.</summary>
    /// <returns>When.</returns>
    public async Task<long> KillAsync(int node)
    {
        var at = Stopwatch.GetTimestamp();
        this[node].Kill();
        await this[node].Read;
        return at;
    }

    /// <summary>Tells every node that lives to stop writing, and waits until their last saves are known.</summary>
    public async Task StopWritingAsync()
    {
        foreach (var node in Alive.ToArray()) await this[node].AskAsync("STOP", "IDLE");
    }

    public void Dispose()
    {
        foreach (var node in _nodes) node?.Dispose();
    }

    private async Task StartAsync(int node)
    {
        _nodes[node]?.Dispose();
        _nodes[node] = null;
        var seed = Alive.Select(other => (int?)other).FirstOrDefault() ?? node;
        var teller = new Teller(node, ++_starts[node]);
        var own = $$"""
            akka.remote.dot-netty.tcp { hostname = "{{HostOf(node)}}", port = {{_port}} }
            {{settings}}
            """;
        try
        {
            _nodes[node] = await NodeProcess.StartAsync(database, AddressOf(seed), own, line => told(teller, line), launcher?.Invoke(node));
        }
        catch (InvalidOperationException e)
        {
            // As when the node that it was to join by was given up meanwhile; a service manager starts it again, and so does the next look.
            _failure = e.Message;
        }
    }
}

/// <summary>Who told something: a node, and its which start that was.</summary>
internal readonly record struct Teller(int Node, int Start);
