using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Dispatch;

namespace RetainActors.Tests.Checkpoints.Linearizability;

/// <summary>
/// What is ready to run in an actor system, run one after the other on the thread of the test, in an order drawn from a seed.
/// Given to the system as a setup; until <see cref="Take"/> and after <see cref="Free"/> the thread pool runs it.
/// </summary>
internal sealed class SeededSchedule : Setup
{
    private readonly List<IRunnable> _ready = [];
    private Random _random = new(0);
    private Thread? _thread;

    public static Config Config { get; } = ConfigurationFactory.ParseString(
        $$"""
        akka.actor {
          default-dispatcher { type = "{{typeof(SeededDispatcherConfigurator).AssemblyQualifiedName}}", throughput = 1 }
          internal-dispatcher { type = "{{typeof(SeededDispatcherConfigurator).AssemblyQualifiedName}}", throughput = 1 }
        }
        akka.persistence.no-snapshot-store.plugin-dispatcher = "akka.actor.default-dispatcher"
        """);

    /// <summary>How often another thread than the test's made something ready since <see cref="Take"/>: 0 when the seed decides all.</summary>
    public int Foreign { get; private set; }

    public bool IsIdle
    {
        get
        {
            lock (_ready) return _ready.Count == 0;
        }
    }

    public void Take(int seed) => (_random, _thread, Foreign) = (new Random(seed), Thread.CurrentThread, 0);

    /// <summary>Leaves the rest to the thread pool.</summary>
    public void Free()
    {
        lock (_ready)
        {
            _thread = null;
            _ready.ForEach(Queue);
            _ready.Clear();
        }
    }

    public void RunOne()
    {
        IRunnable next;
        lock (_ready)
        {
            var index = _random.Next(_ready.Count);
            next = _ready[index];
            _ready.RemoveAt(index);
        }

        next.Run();
    }

    public void RunAll()
    {
        while (!IsIdle) RunOne();
    }

    public void Add(IRunnable run)
    {
        lock (_ready)
        {
            if (_thread is null)
            {
                Queue(run);
                return;
            }

            if (_thread != Thread.CurrentThread) Foreign++;
            _ready.Add(run);
        }
    }

    private static void Queue(IRunnable run) => ThreadPool.UnsafeQueueUserWorkItem(ready => ready.Run(), run, preferLocal: false);
}

/// <summary>Named in the configuration of a system that a <see cref="SeededSchedule"/> runs.</summary>
public sealed class SeededDispatcherConfigurator : MessageDispatcherConfigurator
{
    private readonly MessageDispatcher _dispatcher;

    public SeededDispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites)
        : base(config, prerequisites) =>
        _dispatcher = new SeededDispatcher(this, prerequisites.Settings.Setup.Get<SeededSchedule>().Value);

    public override MessageDispatcher Dispatcher() => _dispatcher;

    private sealed class SeededDispatcher : MessageDispatcher
    {
        private readonly SeededSchedule _schedule;

        public SeededDispatcher(MessageDispatcherConfigurator configurator, SeededSchedule schedule)
            : base(configurator) => (_schedule, Throughput) = (schedule, 1);

        protected override void ExecuteTask(IRunnable run) => _schedule.Add(run);

        protected override void Shutdown()
        {
        }
    }
}
