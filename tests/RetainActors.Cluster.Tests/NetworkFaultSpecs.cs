using System.Diagnostics;
using Npgsql;
using Xunit.Abstractions;

namespace RetainActors.Cluster.Tests;

/// <summary>Writers on three node processes, all on the same keys, while the kernel drops their packets or they are paused.</summary>
public sealed class NetworkFaultSpecs(ITestOutputHelper output)
{
    private const int NodeCount = 3;
    private const int Keys = 12;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Trait("Category", "Soak")]
    [SkippableFact(DisplayName = "Partitions and pauses should cost time: no acknowledged save lost or doubled, and nothing acknowledged by who was given up")]
    public async Task Faults()
    {
        using var network = Network.Require(NodeCount);
        using var server = PostgresServer.RequirePrivate(Network.DatabaseHost, network.Launcher);
        var ledger = new Ledger(Keys);
        using var fleet = new Fleet(Timed(server.ConnectionString), NodeCount, Ledger.Settings, ledger.Take, network.LauncherOf);
        (string Name, Func<int, Task> Begin, Func<int, Task> End)[] faults =
        [
            ("cut off both ways", Cut(node => Others(node).SelectMany(other => Both(node, other))), Heal),
            ("paused for 1 s", Paused(TimeSpan.FromSeconds(1)), Nothing),
            ("cut off one way, what it sends", Cut(node => Others(node).Select(other => (Fleet.HostOf(node), Fleet.HostOf(other)))), Heal),
            ("paused until given up", node => SignalAsync(node, "STOP"), node => SignalAsync(node, "CONT")),
            ("cut off one way, what it gets", Cut(node => Others(node).Select(other => (Fleet.HostOf(other), Fleet.HostOf(node)))), Heal),
            ("paused for 4 s", Paused(TimeSpan.FromSeconds(4)), Nothing),
            ("cut off and back every second, six times", FlapAsync, Nothing),
            ("paused until given up", node => SignalAsync(node, "STOP"), node => SignalAsync(node, "CONT")),
            ("cut off both ways, from the database too", Cut(node => Others(node).SelectMany(other => Both(node, other)).Concat(FromDatabase(node))), Heal),
            ("paused for 2 s", Paused(TimeSpan.FromSeconds(2)), Nothing),
        ];
        var lingering = new List<string>();
        var all = new List<(string Name, TimeSpan Back, bool IsGivenUp)>();
        var count = TestNumber.Of("RETAIN_CLUSTER_NETWORK_FAULTS", 10);
        // A run that is cut short is a run of fewer faults.
        var watch = Stopwatch.StartNew();
        var time = TimeSpan.FromMinutes(TestNumber.Of("RETAIN_CLUSTER_NETWORK_MINUTES", 1000));
        for (var fault = 0; fault < count && watch.Elapsed < time; fault++)
        {
            await fleet.WholeAsync();
            ledger.Mark();
            foreach (var alive in fleet.Alive) fleet[alive].WriteLine(Ledger.Write(Keys));
            await ledger.ServedAsync();
            var (name, begin, end) = faults[fault % faults.Length];
            // Another node each time that the kinds are through.
            var node = (fault + (fault / faults.Length)) % NodeCount;
            var since = ledger.Mark();
            await begin(node);
            var lasts = end != Nothing;
            if (lasts) await Writing.UntilAsync(() => ledger.GivenUp(fleet.AddressOf(node), since) is not null, $"node {node} was not given up");
            var back = await ledger.ServedAsync(teller => teller.Node != node);
            await end(node);
            var givenUp = ledger.GivenUp(fleet.AddressOf(node), since);
            // It finds out by itself and ends; else it is ended as a service manager would, so that the others are still looked at.
            if (lasts && await Task.WhenAny(fleet[node].Read, Task.Delay(Patience)) != fleet[node].Read)
            {
                await fleet.KillAsync(node);
                lingering.Add($"{fault + 1}: node {node} {name}");
            }

            all.Add((name, back, givenUp is not null));
            var after = givenUp is { } at ? $"given up after {Stopwatch.GetElapsedTime(since, at).TotalSeconds:0.0} s" : "not given up";
            output.WriteLine($"{fault + 1}: node {node} {name}: {after}; every key saved by the others after {back.TotalSeconds:0.0} s; {ledger.Saved} saves");
            await fleet.StopWritingAsync();
        }

        foreach (var kind in all.GroupBy(fault => fault.Name))
            output.WriteLine($"{kind.Key}: {kind.Count()} times, {kind.Count(fault => fault.IsGivenUp)} given up, back after {kind.Select(fault => fault.Back).Order().ElementAt(kind.Count() / 2).TotalSeconds:0.0} s (median), {kind.Max(fault => fault.Back).TotalSeconds:0.0} s (worst)");
        output.WriteLine($"{all.Count} faults, {ledger.Saved} saves acknowledged, {ledger.Refused} refused");
        output.WriteLine($"a node that was given up was told of a save that it began after that no later than {ledger.LatestOfGivenUp(teller => fleet.AddressOf(teller.Node))?.TotalSeconds ?? 0:0.0} s after it");
        var database = Timed(server.SocketConnectionString);
        Ledger.AssertNone(ledger.Violations(database));
        Ledger.AssertNone(await Ledger.UnreadAsync(database));
        output.WriteLine("compared with what is stored: no violations");
        Ledger.AssertNone(lingering);
        NpgsqlConnection.ClearAllPools();

        Func<int, Task> Cut(Func<int, IEnumerable<(string, string)>> ways) => node => Task.Run(() => network.Cut(ways(node)));

        Task Heal(int node) => Task.Run(network.Heal);

        async Task FlapAsync(int node)
        {
            for (var i = 0; i < 6; i++)
            {
                network.Cut(Others(node).SelectMany(other => Both(node, other)));
                await Task.Delay(TimeSpan.FromSeconds(1));
                network.Heal();
                await Task.Delay(TimeSpan.FromSeconds(1));
            }
        }

        Task SignalAsync(int node, string signal) => Task.Run(() => fleet[node].Signal(signal));

        Func<int, Task> Paused(TimeSpan time) => async node =>
        {
            await SignalAsync(node, "STOP");
            await Task.Delay(time);
            await SignalAsync(node, "CONT");
        };
    }

    private static Task Nothing(int node) => Task.CompletedTask;

    private static IEnumerable<int> Others(int node) => Enumerable.Range(0, NodeCount).Where(other => other != node);

    private static IEnumerable<(string, string)> Both(int node, int other) => Ways(Fleet.HostOf(node), Fleet.HostOf(other));

    private static IEnumerable<(string, string)> FromDatabase(int node) => Ways(Fleet.HostOf(node), Network.DatabaseHost);

    private static IEnumerable<(string, string)> Ways(string one, string other) => [(one, other), (other, one)];

    private static Database Timed(string connectionString) =>
        new(new NpgsqlConnectionStringBuilder(connectionString) { Timeout = 5, CommandTimeout = 10 }.ConnectionString);
}
