using System.Diagnostics;
using Akka.Actor;
using Npgsql;
using Xunit.Abstractions;

namespace RetainActors.Cluster.Tests;

/// <summary>
/// Saves per second on one and on three nodes, beside plain upserts of as many bytes on the same database, in one run. Measured and
/// printed; only that every save is acknowledged is asserted. <c>RETAIN_CLUSTER_SECONDS</c> and <c>RETAIN_CLUSTER_WRITERS</c> set the size.
/// </summary>
[Collection(PostgresTests.Name)]
public sealed class ThroughputSpecs(PostgresFixture postgres, ITestOutputHelper output)
{
    private const int PayloadBytes = 2048;

    private static readonly TimeSpan Time = TimeSpan.FromSeconds(TestNumber.Of("RETAIN_CLUSTER_SECONDS", 15));
    private static readonly int Writers = TestNumber.Of("RETAIN_CLUSTER_WRITERS", 64);
    private static readonly string Payload = new('x', PayloadBytes);

    [Trait("Category", "Soak")]
    [SkippableFact(DisplayName = "Saves on one and on three nodes, and plain upserts, are counted in one run")]
    public async Task Saves()
    {
        var plain = await UpsertsAsync(postgres.NewDatabase());
        output.WriteLine($"plain upserts: {plain:0}/s by {Writers} writers");
        foreach (var count in (int[])[1, 3])
        {
            await using var nodes = new Nodes(postgres.NewDatabase());
            var systems = await nodes.StartManyAsync(count);
            await SavesAsync(systems, TimeSpan.FromSeconds(3));
            var saves = await SavesAsync(systems, Time);
            output.WriteLine($"{count} nodes: {saves:0} saves/s by {Writers} writers, {saves / plain:0.00} of the plain upserts");
            Assert.True(saves > 0);
        }
    }

    private static Task<double> SavesAsync(ActorSystem[] systems, TimeSpan time) => CountAsync(time, async (writer, number) =>
    {
        var key = new CheckpointKey("bank", $"writer-{writer}");
        await Nodes.Client(systems[writer % systems.Length]).SaveAsync(new RetainContext(key) { DocumentId = $"{number}-{Payload}", NextState = "NEXT" });
    });

    private static async Task<double> UpsertsAsync(Database database)
    {
        database.Execute("CREATE TABLE plain (id text PRIMARY KEY, value text NOT NULL)");
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        return await CountAsync(Time, async (writer, number) =>
        {
            await using var command = source.CreateCommand("INSERT INTO plain VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET value = excluded.value");
            command.Parameters.Add(new NpgsqlParameter { Value = $"writer-{writer}" });
            command.Parameters.Add(new NpgsqlParameter { Value = $"{number}-{Payload}" });
            await command.ExecuteNonQueryAsync();
        });
    }

    /// <summary>How often per second the writers did it, each one after the other.</summary>
    private static async Task<double> CountAsync(TimeSpan time, Func<int, int, Task> write)
    {
        var watch = Stopwatch.StartNew();
        var counts = await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(async () =>
        {
            var count = 0;
            while (watch.Elapsed < time) await write(writer, ++count);
            return count;
        })));
        return counts.Sum() / watch.Elapsed.TotalSeconds;
    }
}
