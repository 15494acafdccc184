using System.Diagnostics;

namespace RetainActors.Cluster.Tests;

/// <summary>
/// A network namespace of its own with nothing but a loopback device, on which packets between two addresses can be dropped. Processes are
/// told apart by their group: what node 0 sends comes from 127.0.0.2, what node 1 sends from 127.0.0.3, whatever they connect to.
/// </summary>
internal sealed class Network : IDisposable
{
    private const int FirstGroup = 64_000;

    /// <summary>Where the database listens.</summary>
    public const string DatabaseHost = "127.0.0.5";

    private readonly string _name = $"retain-test-{Environment.ProcessId}";

    private Network(int nodes)
    {
        Run("", "ip", "netns", "add", _name);
        Inside("", "ip", "link", "set", "lo", "up");
        // Replies of a server leave with the address that they answer to, before it is turned back; hence the early chain.
        var sources = Enumerable.Range(0, nodes).Select(node => $"meta skgid {FirstGroup + node} ip saddr 127.0.0.1 snat to {Fleet.HostOf(node)}");
        Inside(
            $$"""
            table ip retain {
              set cut { type ipv4_addr . ipv4_addr; }
              chain sources { type nat hook postrouting priority 100; {{string.Join("; ", sources)}}; }
              chain leaving { type filter hook output priority -150; ip saddr . ip daddr @cut drop; }
              chain arriving { type filter hook input priority 0; ip saddr . ip daddr @cut drop; }
            }
            """,
            "nft", "-f", "-");
    }

    /// <summary>What starts the database in it.</summary>
    public IReadOnlyList<string> Launcher => ["ip", "netns", "exec", _name];

    /// <summary>A network, or a visible skip that says what is missing.</summary>
    public static Network Require(int nodes)
    {
        Requires.Linux();
        Requires.Root();
        foreach (var tool in (string[])["ip", "nft", "setpriv"]) Requires.Tool(tool);
        return new Network(nodes);
    }

    /// <summary>What starts a node in it.</summary>
    public IReadOnlyList<string> LauncherOf(int node) => [.. Launcher, "setpriv", "--regid", $"{FirstGroup + node}", "--clear-groups"];

    /// <summary>Drops every packet from one address to another, until it is healed.</summary>
    public void Cut(IEnumerable<(string From, string To)> ways) =>
        Inside($"add element ip retain cut {{ {string.Join(", ", ways.Select(way => $"{way.From} . {way.To}"))} }}", "nft", "-f", "-");

    public void Heal() => Inside("", "nft", "flush", "set", "ip", "retain", "cut");

    public void Dispose() => Run("", "ip", "netns", "delete", _name);

    private void Inside(string input, params string[] command) => Run(input, [.. Launcher, .. command]);

    private static void Run(string input, params string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardInput = true, RedirectStandardError = true })!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{string.Join(' ', command)} ended with {process.ExitCode}: {error}");
    }
}
