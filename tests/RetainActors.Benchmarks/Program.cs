using System.Globalization;
using RetainActors.Benchmarks;

// Saves per second through the public client with real contexts, each journal in turn, interleaved rounds, medians.
//   dotnet run -c Release --project tests/RetainActors.Benchmarks -- [--keys N] [--rounds N] [--seconds N]
// With --million [--keys N]: a million keys of the log alone, written, deleted by half, compacted, reopened.
// With --spares: saves per second of the log alone, with and without files that are used again.
// With --runs [--keys N]: 10,000 runs of 12 transitions at once on the journal in memory: memory, time, starvation.
// With --bases: events per second of the journal beside the same one on Akka's asynchronous base class.
var keys = Option("--keys", 1000);
var rounds = Option("--rounds", 5);
var seconds = Option("--seconds", 5);

if (args.Contains("--million"))
{
    await MillionKeysWorkload.RunAsync(Option("--keys", 1_000_000));
    return;
}

if (args.Contains("--spares"))
{
    await SpareSegmentsWorkload.CompareAsync(rounds, TimeSpan.FromSeconds(seconds));
    return;
}

if (args.Contains("--runs"))
{
    await RunsWorkload.RunAsync(Option("--keys", 10_000));
    return;
}

if (args.Contains("--bases"))
{
    foreach (var fileSystem in new[] { "posix", "memory" })
        foreach (var actors in new[] { 1, keys })
            await JournalBaseWorkload.CompareAsync(fileSystem, actors, rounds, TimeSpan.FromSeconds(seconds));
    return;
}

await using var file = new SaveWorkload("retain-file", SaveWorkload.FileJournal());
await using var memory = new SaveWorkload("retain-memory", SaveWorkload.MemoryJournal);
await using var akka = new SaveWorkload("akka in-memory", SaveWorkload.AkkaInMemory);
SaveWorkload[] workloads = [file, memory, akka];

foreach (var (name, writers) in new[] { ($"W1: {keys} keys at once", keys), ("W2: one key, one save after the other", 1) })
{
    foreach (var workload in workloads) await workload.RunAsync(writers, TimeSpan.FromSeconds(seconds));
    var measured = workloads.ToDictionary(workload => workload.Name, _ => new List<SaveRate>());
    for (var round = 0; round < rounds; round++)
        foreach (var workload in workloads)
            measured[workload.Name].Add(await workload.RunAsync(writers, TimeSpan.FromSeconds(seconds)));

    Console.WriteLine($"{name}; {rounds} rounds of {seconds} s, medians (range)");
    foreach (var (journal, rates) in measured)
    {
        var sorted = rates.OrderBy(rate => rate.SavesPerSecond).ToList();
        var median = sorted[sorted.Count / 2];
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  {journal,-16} {median.SavesPerSecond,9:N0} saves/s ({sorted[0].SavesPerSecond:N0} to {sorted[^1].SavesPerSecond:N0}), "
            + $"p50 {median.P50.TotalMilliseconds:N2} ms, p99 {median.P99.TotalMilliseconds:N2} ms, {median.GarbageBytesPerSave:N0} B of garbage per save"));
    }
}

int Option(string name, int otherwise) =>
    Array.IndexOf(args, name) is >= 0 and var i && i + 1 < args.Length ? int.Parse(args[i + 1], CultureInfo.InvariantCulture) : otherwise;
