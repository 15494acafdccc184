using Akka.Actor;
using Akka.Actor.Setup;
using Akka.DependencyInjection;
using RetainActors.Runs;

namespace RetainActors.Hosting;

/// <summary>What <see cref="RetainHostingExtensions.WithRetainRuns"/> leaves for the start of the system.</summary>
internal sealed class HostedRunsSetup(Func<IDependencyResolver, StateTable> table) : Setup
{
    public Func<IDependencyResolver, StateTable> Table { get; } = table;
}

/// <summary>
/// The runs of a hosted system. They start with its actors or when their client is first taken: not with the system itself,
/// because services that the states need may need the system.
/// </summary>
internal sealed class HostedRuns : IExtension
{
    private readonly Lazy<IRunClient>? _client;

    private HostedRuns(ExtendedActorSystem system)
    {
        var setup = system.Settings.Setup.Get<HostedRunsSetup>();
        if (setup.HasValue) _client = new(() => RetainRuns.Start(system, setup.Value.Table(DependencyResolver.For(system).Resolver)));
    }

    /// <exception cref="InvalidOperationException">The system has no state table.</exception>
    public IRunClient Client => _client?.Value ?? throw new InvalidOperationException("There is no state table. Call WithRetainRuns in AddAkka.");

    /// <summary>How the runs are; <paramref name="stuckAfter"/> without progress counts as stuck.</summary>
    public Task<RunsStatus> InspectAsync(TimeSpan stuckAfter, CancellationToken cancellationToken) =>
        ((RunClient)Client).InspectAsync(stuckAfter, cancellationToken);

    /// <summary>Makes the table now, so that a wrong one fails the start of the host.</summary>
    public void Start() => _ = Client;

    public static HostedRuns Get(ActorSystem system) => system.WithExtension<HostedRuns, Provider>();

    public sealed class Provider : ExtensionIdProvider<HostedRuns>
    {
        public override HostedRuns CreateExtension(ExtendedActorSystem system) => new(system);
    }
}
