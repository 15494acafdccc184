using System.Diagnostics;
using Akka.Actor;
using Akka.Configuration;
using RetainActors.Checkpoints;
using RetainActors.Persistence;

namespace RetainActors.Benchmarks;

/// <summary>What one round measured.</summary>
internal sealed record SaveRate(double SavesPerSecond, TimeSpan P50, TimeSpan P99, double GarbageBytesPerSave);

/// <summary>Keys of one journal that are saved one after the other each, all at once, through the public client.</summary>
internal sealed class SaveWorkload : IAsyncDisposable
{
    private readonly ActorSystem _system;
    private readonly ICheckpointClient _client;

    public SaveWorkload(string name, Config journal)
    {
        Name = name;
        _system = ActorSystem.Create("bench", journal.WithFallback(ConfigurationFactory.ParseString("akka.loglevel = WARNING")).WithFallback(FilePersistence.DefaultConfig));
        _client = RetainCheckpoints.Get(_system).Client;
    }

    public string Name { get; }

    public static Config MemoryJournal { get; } = Plugin(FilePersistence.MemoryJournalPath);

    public static Config AkkaInMemory { get; } = Plugin("akka.persistence.journal.inmem");

    /// <summary>On the disk of the working directory: a temporary folder may lie in memory.</summary>
    public static Config FileJournal()
    {
        var root = Path.GetFullPath(Path.Combine("artifacts", $"bench-{Guid.NewGuid():N}"));
        return ConfigurationFactory.ParseString($"{FilePersistence.JournalPath}.root = \"{root}\"").WithFallback(Plugin(FilePersistence.JournalPath));
    }

    public async Task<SaveRate> RunAsync(int keys, TimeSpan time)
    {
        var garbage = GC.GetTotalAllocatedBytes(precise: true);
        var clock = Stopwatch.StartNew();
        var latencies = await Task.WhenAll(Enumerable.Range(0, keys).Select(key => Task.Run(() => SaveUntilAsync(ContextOf(key), clock, time))));
        var seconds = clock.Elapsed.TotalSeconds;
        long[] sorted = [.. latencies.SelectMany(ticks => ticks).Order()];
        return new SaveRate(
            sorted.Length / seconds,
            Stopwatch.GetElapsedTime(0, sorted[sorted.Length / 2]),
            Stopwatch.GetElapsedTime(0, sorted[(int)(sorted.Length * 0.99)]),
            (GC.GetTotalAllocatedBytes(precise: true) - garbage) / (double)sorted.Length);
    }

    public async ValueTask DisposeAsync() => await _system.Terminate();

    private async Task<List<long>> SaveUntilAsync(RetainContext context, Stopwatch clock, TimeSpan time)
    {
        var latencies = new List<long>();
        while (clock.Elapsed < time)
        {
            var start = Stopwatch.GetTimestamp();
            await _client.SaveAsync(context);
            latencies.Add(Stopwatch.GetTimestamp() - start);
        }

        return latencies;
    }

    /// <summary>About 2 KB of JSON: ids, entities, pages, six steps.</summary>
    private static RetainContext ContextOf(int key) => new RetainContext(new CheckpointKey("bench", $"documents/{key:D7}.md"))
    {
        TextLength = 20_000,
        TextSha256 = new string('a', 64),
        DocumentId = $"document-{key}",
        Entities = [.. Enumerable.Range(0, 20).Select(i => $"entity number {i}")],
        WikisCreated = [.. Enumerable.Range(0, 6).Select(i => $"wiki-page-{i}")],
        WikisUpdated = [.. Enumerable.Range(0, 10).Select(i => $"wiki-page-{i + 6}")],
        CompletedState = "UPDATE_WIKIS",
        NextState = "UPDATE_INDEX_MD",
        StepLog = [.. Enumerable.Range(0, 6).Select(i => new StepLogEntry($"STATE_{i}", Timestamp.From(DateTimeOffset.UnixEpoch), Timestamp.From(DateTimeOffset.UnixEpoch), 12.5))],
        StartedAt = Timestamp.From(DateTimeOffset.UnixEpoch),
    };

    private static Config Plugin(string id) => ConfigurationFactory.ParseString(
        $"akka.persistence.journal.plugin = \"{id}\"\nakka.persistence.snapshot-store.plugin = \"akka.persistence.no-snapshot-store\"");
}
