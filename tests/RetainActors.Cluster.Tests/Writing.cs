using System.Diagnostics;
using System.Globalization;
using RetainActors.Checkpoints;

namespace RetainActors.Cluster.Tests;

/// <summary>Writers that save ever higher numbers, one per key, and remember what was acknowledged.</summary>
internal static class Writing
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    public static CheckpointKey Key(int number) => new("bank", $"docs/{number}.md");

    public static RetainContext Context(CheckpointKey key, int number) => new(key) { DocumentId = $"{number}", NextState = "NEXT" };

    /// <summary>Saves until stopped; an answer other than an acknowledgement fails the load.</summary>
    public static async Task<Dictionary<CheckpointKey, int>> StartAsync(ICheckpointClient client, int keys, CancellationToken stop)
    {
        var numbers = await Task.WhenAll(Enumerable.Range(0, keys).Select(i => Task.Run(
            async () =>
            {
                var number = 0;
                while (!stop.IsCancellationRequested) await client.SaveAsync(Context(Key(i), ++number));
                return number;
            },
            CancellationToken.None)));
        return numbers.Index().ToDictionary(pair => Key(pair.Index), pair => pair.Item);
    }

    /// <summary>Waits until so many more rows are stored.</summary>
    public static Task SomeSavesAsync(Database database, int count)
    {
        var goal = Highest(database) + count;
        return UntilAsync(() => Highest(database) >= goal, $"no {count} saves");
    }

    /// <summary>Waits until so many nodes have written: the plugin notes with each row which one did.</summary>
    public static Task NodesWriteAsync(Database database, int nodes) => UntilAsync(
        () => database.Query("SELECT count(DISTINCT writer_uuid) FROM journal").Single() == $"{nodes}", $"not {nodes} nodes wrote");

    /// <summary>Waits until every key has a row newer than all that are there now.</summary>
    public static Task EveryKeyAsync(Database database, int keys)
    {
        var now = Highest(database);
        return UntilAsync(
            () => database.Query($"SELECT count(DISTINCT persistence_id) FROM journal WHERE ordering > {now}").Single() == $"{keys}",
            $"no save of each of the {keys} keys");
    }

    /// <summary>Looks until it is so, or fails naming what is not.</summary>
    public static async Task UntilAsync(Func<bool> isTrue, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!isTrue())
        {
            Assert.True(watch.Elapsed < Patience, $"{what} within {Patience}");
            await Task.Delay(50);
        }
    }

    private static long Highest(Database database) => long.Parse(database.Query("SELECT coalesce(max(ordering), 0) FROM journal").Single(), CultureInfo.InvariantCulture);
}
