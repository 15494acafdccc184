using RetainActors.Benchmarks;
using RetainActors.Benchmarks.Stores;
using RetainActors.Benchmarks.Workloads;
using RetainActors.TestSupport;

// The workloads beside their peers, every number from one run of one process:
//   dotnet run -c Release --project tests/RetainActors.Benchmarks -- [--only W1,W3] [--rounds N] [--seconds N] [--keys N] [--scales N,N] [--stores retain,akka,raw] [--curves DIRECTORY]
// Programs for one question each:
//   --million [--keys N]: a million keys of the log alone, written, deleted by half, compacted, reopened.
//   --spares: saves per second of the log alone, with and without files that are used again.
//   --runs [--keys N]: 10,000 runs of 12 transitions at once on the journal in memory: memory, time, starvation.
//   --garbage: which types the garbage of W1 is made of.
//   --bases: events per second of the journal beside the same one on Akka's asynchronous base class.
var options = BenchOptions.Parse(args);
if (args.Contains("--million")) await MillionKeysWorkload.RunAsync(BenchOptions.Number(args, "--keys", 1_000_000));
else if (args.Contains("--spares")) await SpareSegmentsWorkload.CompareAsync(options.Rounds, options.Time);
else if (args.Contains("--runs")) await RunsWorkload.RunAsync(BenchOptions.Number(args, "--keys", 10_000));
else if (args.Contains("--garbage")) await GarbageWorkload.RunAsync(options);
else if (args.Contains("--bases")) await CompareBasesAsync();
else await CompareWithPeersAsync();

async Task CompareBasesAsync()
{
    foreach (var fileSystem in new[] { "posix", "memory" })
        foreach (var actors in new[] { 1, options.Keys })
            await JournalBaseWorkload.CompareAsync(fileSystem, actors, options.Rounds, options.Time);
}

async Task CompareWithPeersAsync()
{
    BenchReport.Line($"{Environment.ProcessorCount} processors, .NET {Environment.Version}, {options.Rounds} rounds of {options.Time.TotalSeconds:N0} s, a document of {Documents.Payload.Length:N0} B");
    if (!LmdbStore.IsInstalled) BenchReport.Line($"LMDB is left out: install liblmdb0.");
    using var postgres = options.Stores.Count == 0 || options.Stores.Contains("sql-postgres") ? FindPostgres() : null;
    if (options.Wants("W1")) await SavesAsync($"W1: {options.Keys:N0} keys at once, each saving one after the other", options.Keys, 1, Peers.AllSaving(postgres));
    if (options.Wants("W2")) await SavesAsync($"W2: one key, one save after the other", 1, 1, Peers.AllSaving(postgres));
    if (options.Wants("W2b")) await SavesAsync($"W2b: one key, 16 saves outstanding", 1, 16, Peers.AllSaving(null).Where(peer => peer.Id is "retain" or "akka" or "raw"));
    if (options.Wants("W3")) await LoadsAsync(Peers.AllLoading(postgres));
    if (options.Wants("W4"))
    {
        BenchReport.Title($"W4: keys saved once each, opened again, loaded");
        Draw("scale.svg", "Microseconds per save", "keys saved once each", await ScaleWorkload.RunAsync([.. options.Chosen(Peers.Scaling).Select(peer => peer.Open)], options));
    }

    if (options.Wants("W5"))
    {
        BenchReport.Title($"W5: one run, its step log growing");
        Draw("long-run.svg", "Bytes written per transition", "transitions of one run", await LongRunWorkload.RunAsync([1, 10, 100, 1000]));
    }

    if (options.Wants("W6")) await PipelinesAsync();
}

async Task SavesAsync(FormattableString title, int keys, int perKey, IEnumerable<Peer> peers)
{
    IStore[] stores = [.. options.Chosen(peers).Select(peer => peer.Open())];
    BenchReport.Title(title);
    var rates = await SaveWorkload.RunAsync(stores, keys, perKey, options);
    BenchReport.Rates("saves", rates, stores.ToDictionary(store => store.Name, store => store.DiskBytes));
    foreach (var store in stores) await store.DisposeAsync();
}

async Task LoadsAsync(IEnumerable<Peer> peers)
{
    IStore[] stores = [.. options.Chosen(peers).Select(peer => peer.Open())];
    BenchReport.Title($"W3: opened again, the newest document of {options.Keys:N0} keys loaded, all asked for at once");
    BenchReport.Rates("loads", await LoadWorkload.RunAsync(stores, options));
    foreach (var store in stores) await store.DisposeAsync();
}

async Task PipelinesAsync()
{
    BenchReport.Title($"W6: {options.Keys:N0} runs of 12 transitions at once");
    var manyLive = $"retain.run.max-live-runs = {options.Keys}";
    CheckpointStore[] stores = [CheckpointStore.File(manyLive), CheckpointStore.AkkaInMemory(manyLive)];
    BenchReport.Rates("transitions", await PipelineWorkload.RunAsync(stores, options));
    foreach (var store in stores) await store.DisposeAsync();
}

void Draw(string file, string title, string sizes, IReadOnlyList<Curve> curves)
{
    foreach (var curve in curves) BenchReport.Line($"{title}, {curve.Name}: grows with the power {curve.Slope:F2}");
    if (options.Curves is { } directory) CurveChart.Write(Path.Combine(directory, file), title, sizes, curves);
}

static PostgresServer? FindPostgres()
{
    try
    {
        return PostgresServer.Require();
    }
    catch (Xunit.SkipException skipped)
    {
        BenchReport.Line($"PostgreSQL is left out: {skipped.Message}");
        return null;
    }
}
