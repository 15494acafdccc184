using System.Diagnostics;
using RetainActors.Benchmarks.Stores;

namespace RetainActors.Benchmarks.Workloads;

/// <summary>W3: a store is opened again and the newest document of every key is loaded, all asked for at once.</summary>
internal static class LoadWorkload
{
    private const int Versions = 20;

    /// <summary>A load runs code that a process compiles anew while it gets faster: so many go before the counted rounds.</summary>
    private const int WarmUpLoads = 20_000;

    public static async Task<IReadOnlyList<(IStore Store, List<Rate> Rounds)>> RunAsync(IReadOnlyList<IStore> stores, BenchOptions options)
    {
        foreach (var store in stores)
            await Measure.RunAsync(options.Keys, (key, n) => store.SaveAsync(key, n + 1), TimeSpan.MaxValue, Versions);
        var measured = stores.Select(store => (Store: store, Rounds: new List<Rate>())).ToList();
        foreach (var store in stores)
        {
            var clock = Stopwatch.StartNew();
            // What is slow has little of it to compile.
            for (var loads = 0; loads < WarmUpLoads && clock.Elapsed < options.Time * 4; loads += options.Keys) await RoundAsync(store, options);
        }

        for (var round = 0; round < options.Rounds; round++)
            foreach (var (store, rounds) in measured)
                rounds.Add(await RoundAsync(store, options));
        return measured;
    }

    private static async Task<Rate> RoundAsync(IStore store, BenchOptions options)
    {
        await store.ReopenAsync();
        GC.Collect();
        return await Measure.RunAsync(options.Keys, (key, _) => LoadAsync(store, key), TimeSpan.MaxValue, 1);
    }

    private static async Task LoadAsync(IStore store, int key)
    {
        if (await store.LoadAsync(key) is not Versions and not -1) throw new InvalidOperationException($"{store.Name} lost the newest document of key {key}.");
    }
}
