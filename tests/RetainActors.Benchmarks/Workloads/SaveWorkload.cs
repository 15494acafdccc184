using RetainActors.Benchmarks.Stores;

namespace RetainActors.Benchmarks.Workloads;

/// <summary>W1, W2 and W2b: saves, warmed up, in rounds that are interleaved with those of the peers.</summary>
internal static class SaveWorkload
{
    private const int WarmUpSaves = 100_000;

    /// <summary>Processes differ when they have warmed up: until so many saves are done, or so many rounds have passed.</summary>
    private const int WarmUpRounds = 4;

    /// <summary>Measures every store.</summary>
    /// <param name="stores">The stores; the others are compared with the first.</param>
    /// <param name="keys">Keys that are saved at once.</param>
    /// <param name="perKey">Saves of one key at once.</param>
    /// <param name="options">Rounds and times.</param>
    public static async Task<IReadOnlyList<(IStore Store, List<Rate> Rounds)>> RunAsync(
        IReadOnlyList<IStore> stores, int keys, int perKey, BenchOptions options)
    {
        var measured = stores.Select(store => (Store: store, Rounds: new List<Rate>(), Versions: new int[keys])).ToList();
        foreach (var (store, _, versions) in measured)
            for (var (round, saves) = (0, 0); round < WarmUpRounds && saves < WarmUpSaves; round++)
            {
                await RoundAsync(store, versions);
                saves = versions.Sum();
            }

        for (var round = 0; round < options.Rounds; round++)
            foreach (var (store, rounds, versions) in measured)
                rounds.Add(await RoundAsync(store, versions));
        return [.. measured.Select(each => (each.Store, each.Rounds))];

        Task<Rate> RoundAsync(IStore store, int[] versions)
        {
            GC.Collect();
            return Measure.RunAsync(
                keys * perKey, (lane, _) => store.SaveAsync(lane % keys, Interlocked.Increment(ref versions[lane % keys])), options.Time);
        }
    }
}
