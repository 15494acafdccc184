using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.TestKit;
using RetainActors.Checkpoints;

namespace RetainActors.Tests.Checkpoints.Linearizability;

/// <summary>An actor system in which a seed decides what runs next, and time passes when it is told to.</summary>
internal sealed class SeededSystem : IAsyncDisposable
{
    private readonly CheckpointSettings _settings;
    private readonly DecisionRule? _decide;
    private int _number;

    private SeededSystem(ActorSystem system, SeededSchedule schedule, JournalScript journal, DecisionRule? decide, bool lies)
    {
        (System, Schedule, Journal, _decide, Lies) = (system, schedule, journal, decide, lies);
        _settings = CheckpointSettings.From(system.Settings.Config);
    }

    public ActorSystem System { get; }

    public SeededSchedule Schedule { get; }

    public JournalScript Journal { get; }

    /// <summary>Whether the journal forgets writes that it acknowledged.</summary>
    public bool Lies { get; }

    public static async Task<SeededSystem> StartAsync(DecisionRule? decide = null, bool lies = false)
    {
        var (schedule, journal) = (new SeededSchedule(), new JournalScript());
        var config = ConfigurationFactory.ParseString("retain.checkpoint.retention.keep-revisions = off, akka.loggers = []")
            .WithFallback(SeededSchedule.Config).WithFallback(VirtualTime.Config).WithFallback(FaultyJournal.Config)
            .WithFallback(RetainCheckpoints.DefaultConfig);
        var system = ActorSystem.Create("seeded", ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(config), schedule, journal));
        // The journal is up before the seed decides.
        await Akka.Persistence.Persistence.Instance.Apply(system).JournalFor("").Ask<ActorIdentity>(new Identify(null), TimeSpan.FromSeconds(60));
        var seeded = new SeededSystem(system, schedule, journal, decide, lies);
        // What a system starts on its first use is started, so that a seed does the same in a new system and in an old one.
        new Interleaving(seeded, seed: 0).Run();
        return seeded;
    }

    public int NextNumber() => ++_number;

    public RegionLife StartRegion() => new(System.ActorOf(CheckpointRegionActor.PropsFor(_settings, _decide)));

    public IActorRef StartClient(IActorRef line) => System.ActorOf(CheckpointClientActor.PropsFor(line, _settings));

    public IActorRef LineTo(Func<RegionLife> current) => new RequestLine(System.DeadLetters.Path, Provider, current);

    public IActorRef Sink(Action<object> take) => new ReplyLine(System.DeadLetters.Path, Provider, target: null, message =>
    {
        take(message);
        return true;
    });

    public void Advance(TimeSpan time) => ((TestScheduler)System.Scheduler).Advance(time);

    /// <summary>Stops actors and lets everything come to rest.</summary>
    public void Stop(params IActorRef[] actors)
    {
        foreach (var actor in actors) System.Stop(actor);
        Schedule.RunAll();
    }

    public async ValueTask DisposeAsync()
    {
        Schedule.Free();
        await System.Terminate().WaitAsync(TimeSpan.FromSeconds(60));
    }

    private IActorRefProvider Provider => ((ExtendedActorSystem)System).Provider;
}
