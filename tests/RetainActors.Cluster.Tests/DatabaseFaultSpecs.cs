using System.Diagnostics;
using Npgsql;
using Xunit.Abstractions;

namespace RetainActors.Cluster.Tests;

/// <summary>Writers on two node processes while their database is killed, stopped, paused, and ends their transactions.</summary>
public sealed class DatabaseFaultSpecs(ITestOutputHelper output)
{
    private const int NodeCount = 2;
    private const int Keys = 6;
    private const string Nodes = "FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Trait("Category", "Soak")]
    [SkippableFact(DisplayName = "Faults of the database should cost time: no acknowledged save lost, and each save one truth, however its commit ended")]
    public async Task Faults()
    {
        using var server = PostgresServer.RequirePrivate("127.0.0.1", []);
        var database = new Database(new NpgsqlConnectionStringBuilder(server.ConnectionString) { Timeout = 5, CommandTimeout = 10 }.ConnectionString);
        var ledger = new Ledger(Keys);
        using var fleet = new Fleet(database, NodeCount, Ledger.Settings, ledger.Take);
        await fleet.WholeAsync();
        ledger.Mark();
        foreach (var node in fleet.Alive) fleet[node].WriteLine(Ledger.Write(Keys));
        await ledger.ServedAsync();

        (string Name, Func<Task> Make)[] faults =
        [
            ("SIGKILL of one process of the server", () => Task.Run(() => PostgresServer.KillOne(int.Parse(database.Query($"SELECT pid {Nodes} LIMIT 1").Single(), null)))),
            ("all connections ended", () => Task.Run(() => database.Query($"SELECT pg_terminate_backend(pid) {Nodes}"))),
            ("connections ended between insert and commit", () => EndAsync(database, "state = 'idle in transaction' AND query ILIKE 'insert%'")),
            ("connections ended in a commit", () => EndAsync(database, "state = 'active' AND query ILIKE 'commit%'")),
            ("SIGKILL of the whole server", () => Task.Run(() => Again(server, server.Kill))),
            ("immediate stop of the server", () => Task.Run(() => Again(server, server.StopAtOnce))),
            ("SIGSTOP of the whole server for 2 s", () => PauseAsync(server, TimeSpan.FromSeconds(2))),
            ("SIGSTOP of the whole server for 12 s, longer than a command may take", () => PauseAsync(server, TimeSpan.FromSeconds(12))),
        ];
        var times = faults.Select(_ => new List<TimeSpan>()).ToArray();
        var count = TestNumber.Of("RETAIN_CLUSTER_DATABASE_FAULTS", 40);
        for (var fault = 0; fault < count; fault++)
        {
            var kind = fault % faults.Length;
            NpgsqlConnection.ClearAllPools();
            ledger.Mark();
            var watch = Stopwatch.StartNew();
            await faults[kind].Make();
            var made = watch.Elapsed;
            // Begun after the fault was over, and after the server was there again.
            ledger.Mark();
            times[kind].Add(await ledger.ServedAsync());
            output.WriteLine($"{fault + 1}: {faults[kind].Name}, made in {made.TotalSeconds:0.0} s; every key saved {times[kind][^1].TotalSeconds:0.0} s later; {ledger.Saved} saves");
            // Nobody has to start a node again because of its database.
            Assert.Equal(NodeCount, fleet.Alive.Count());
        }

        await fleet.StopWritingAsync();
        foreach (var (kind, all) in times.Index().Where(kind => kind.Item.Count > 0))
            output.WriteLine($"{faults[kind].Name}: {all.Count} times, back after {all.Order().ElementAt(all.Count / 2).TotalSeconds:0.0} s (median), {all.Max().TotalSeconds:0.0} s (worst)");
        output.WriteLine($"{count} faults, {ledger.Saved} saves acknowledged, {ledger.Refused} refused");
        Ledger.AssertNone(ledger.Violations(database));
        Ledger.AssertNone(await Ledger.UnreadAsync(database));
        NpgsqlConnection.ClearAllPools();
    }

    /// <summary>Ends connections that are just where a save is ambiguous; looks until one is.</summary>
    private static async Task EndAsync(Database database, string where)
    {
        var watch = Stopwatch.StartNew();
        using var connection = new NpgsqlConnection(database.ConnectionString);
        await connection.OpenAsync();
        using var command = new NpgsqlCommand($"SELECT count(pg_terminate_backend(pid)) {Nodes} AND {where}", connection);
        while ((long)(await command.ExecuteScalarAsync())! == 0)
            Assert.True(watch.Elapsed < Patience, $"no connection was found where {where}");
    }

    private static void Again(PostgresServer server, Action end)
    {
        end();
        server.Start();
    }

    private static async Task PauseAsync(PostgresServer server, TimeSpan time)
    {
        server.Signal("STOP");
        try
        {
            await Task.Delay(time);
        }
        finally
        {
            server.Signal("CONT");
        }
    }
}
