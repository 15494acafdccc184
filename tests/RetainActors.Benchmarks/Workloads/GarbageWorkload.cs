using RetainActors.Benchmarks.Stores;

namespace RetainActors.Benchmarks.Workloads;

/// <summary>What the garbage of W1 is made of, beside that of the same actors on Akka's journal in memory; and that of W3.</summary>
internal static class GarbageWorkload
{
    private const int Types = 30;
    private const int Versions = 20;

    public static async Task RunAsync(BenchOptions options)
    {
        foreach (var open in (Func<CheckpointStore>[])[() => CheckpointStore.File(), () => CheckpointStore.AkkaInMemory()])
        {
            await using var store = open();
            var versions = new int[options.Keys];
            await SaveAsync();
            await SampleAsync($"{store.Name}, a save", SaveAsync);

            Task<Rate> SaveAsync() => Measure.RunAsync(options.Keys, (key, _) => store.SaveAsync(key, ++versions[key]), options.Time);
        }

        await using var cold = CheckpointStore.File();
        await Measure.RunAsync(options.Keys, (key, n) => cold.SaveAsync(key, n + 1), TimeSpan.MaxValue, Versions);
        await cold.ReopenAsync();
        await SampleAsync($"{cold.Name}, a cold load", () => Measure.RunAsync(options.Keys, (key, _) => cold.LoadAsync(key), TimeSpan.MaxValue, 1));
    }

    private static async Task SampleAsync(string what, Func<Task<Rate>> measure)
    {
        Rate? rate = null;
        var types = await AllocationSampler.OfAsync(async () => rate = await measure());
        var (sampled, each) = (types.Sum(type => type.Bytes), rate!.GarbageBytes);
        BenchReport.Title($"{what}: {each:N0} B of garbage");
        foreach (var (type, bytes) in types.Take(Types)) BenchReport.Line($"{bytes * each / sampled,8:N0} B  {type}");
    }
}
