using RetainActors.Benchmarks.Stores;

namespace RetainActors.Benchmarks.Workloads;

/// <summary>W3: a store is opened again and the newest document of every key is loaded, all asked for at once.</summary>
internal static class LoadWorkload
{
    private const int Versions = 20;

    public static async Task<IReadOnlyList<(IStore Store, List<Rate> Rounds)>> RunAsync(IReadOnlyList<IStore> stores, BenchOptions options)
    {
        foreach (var store in stores)
            await Measure.RunAsync(options.Keys, (key, n) => store.SaveAsync(key, n + 1), TimeSpan.MaxValue, Versions);
        var measured = stores.Select(store => (Store: store, Rounds: new List<Rate>())).ToList();
        // The first round warms up: it is not counted.
        for (var round = 0; round <= options.Rounds; round++)
            foreach (var (store, rounds) in measured)
            {
                await store.ReopenAsync();
                GC.Collect();
                var rate = await Measure.RunAsync(options.Keys, (key, _) => LoadAsync(store, key), TimeSpan.MaxValue, 1);
                if (round > 0) rounds.Add(rate);
            }

        return measured;
    }

    private static async Task LoadAsync(IStore store, int key)
    {
        if (await store.LoadAsync(key) is not Versions and not -1) throw new InvalidOperationException($"{store.Name} lost the newest document of key {key}.");
    }
}
