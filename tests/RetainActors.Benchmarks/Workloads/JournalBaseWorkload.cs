using System.Diagnostics;
using System.Globalization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using RetainActors.Persistence;

namespace RetainActors.Benchmarks.Workloads;

/// <summary>
/// Events per second of plain persistent actors, each with one Persist in flight, on the journal as it is and on the same
/// journal over Akka's asynchronous base class.
/// </summary>
internal sealed class JournalBaseWorkload : IAsyncDisposable
{
    private readonly ActorSystem _system;
    private int _round;

    private JournalBaseWorkload(string name, string journalClass, string keys)
    {
        Name = name;
        _system = ActorSystem.Create("bench", ConfigurationFactory.ParseString($$"""
            akka.loglevel = WARNING
            akka.log-dead-letters-during-shutdown = off
            akka.persistence.snapshot-store.plugin = "akka.persistence.no-snapshot-store"
            akka.persistence.journal.plugin = "{{FilePersistence.JournalPath}}"
            {{FilePersistence.JournalPath}} { class = "{{journalClass}}", {{keys}} }
            """).WithFallback(FilePersistence.DefaultConfig));
    }

    private string Name { get; }

    /// <summary>Interleaved rounds on one file system, medians and ranges printed.</summary>
    /// <param name="fileSystem">posix, below the working directory, or memory.</param>
    /// <param name="actors">How many persist at once.</param>
    /// <param name="rounds">How many rounds count; one more goes before them.</param>
    /// <param name="time">How long a round takes.</param>
    public static async Task CompareAsync(string fileSystem, int actors, int rounds, TimeSpan time)
    {
        await using var direct = Of("retain-file", typeof(FileJournal), fileSystem);
        await using var async = Of("asynchronous base", typeof(AsyncBaseJournal), fileSystem);
        JournalBaseWorkload[] workloads = [direct, async];
        var rates = workloads.ToDictionary(workload => workload.Name, _ => new List<double>());
        for (var round = 0; round <= rounds; round++)
        {
            foreach (var workload in workloads)
            {
                var rate = await workload.RunAsync(actors, time);
                if (round > 0) rates[workload.Name].Add(rate);
            }
        }

        Console.WriteLine($"{actors} persistent actors, {fileSystem}; {rounds} rounds of {time.TotalSeconds:N0} s, medians (range)");
        foreach (var (name, measured) in rates)
        {
            measured.Sort();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  {name,-18} {measured[measured.Count / 2],9:N0} events/s ({measured[0]:N0} to {measured[^1]:N0})"));
        }
    }

    public async ValueTask DisposeAsync() => await _system.Terminate();

    private static JournalBaseWorkload Of(string name, Type journal, string fileSystem)
    {
        var root = Path.GetFullPath(Path.Combine("artifacts", $"bench-{Guid.NewGuid():N}"));
        return new JournalBaseWorkload(
            name, $"{journal.FullName}, {journal.Assembly.GetName().Name}", $"root = \"{root}\", file-system = {fileSystem}");
    }

    private async Task<double> RunAsync(int count, TimeSpan time)
    {
        _round++;
        var actors = Enumerable.Range(0, count)
            .Select(n => _system.ActorOf(Props.Create(() => new PersistingActor($"{_round}/{n}")))).ToArray();
        foreach (var actor in actors) await actor.Ask<int>(PersistingActor.Count.Instance);

        var clock = Stopwatch.StartNew();
        foreach (var actor in actors) actor.Tell(PersistingActor.Next.Instance);
        await Task.Delay(time);
        foreach (var actor in actors) actor.Tell(PersistingActor.Stop.Instance);
        var events = 0L;
        foreach (var actor in actors) events += await actor.Ask<int>(PersistingActor.Count.Instance);
        var seconds = clock.Elapsed.TotalSeconds;
        foreach (var actor in actors) await actor.GracefulStop(TimeSpan.FromMinutes(1));
        return events / seconds;
    }

    private sealed class PersistingActor : ReceivePersistentActor
    {
        private static readonly byte[] Payload = new byte[100];

        public PersistingActor(string id)
        {
            PersistenceId = id;
            var stored = 0;
            var goesOn = true;
            Recover<byte[]>(_ => { });
            Command<Next>(_ => Persist(Payload, _ =>
            {
                stored++;
                if (goesOn) Self.Tell(Next.Instance);
            }));
            Command<Stop>(_ => goesOn = false);
            Command<Count>(_ => Sender.Tell(stored));
        }

        public override string PersistenceId { get; }

        public sealed record Next
        {
            public static Next Instance { get; } = new();
        }

        public sealed record Stop
        {
            public static Stop Instance { get; } = new();
        }

        public sealed record Count
        {
            public static Count Instance { get; } = new();
        }
    }
}
