using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;

namespace RetainActors.Persistence.Tests;

/// <summary>An actor system beside the one of the test kit: something to stop and start again.</summary>
public sealed class Service : IAsyncDisposable
{
    private Service(ActorSystem system) => System = system;

    public ActorSystem System { get; }

    public static Service Start(Config config, FileJournalSetup? setup = null)
    {
        var setups = ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(config));
        return new Service(ActorSystem.Create("service", setup is null ? setups : setups.And(setup)));
    }

    public IActorRef Record(string id, IActorRef probe, string? journalId = null) =>
        System.ActorOf(RecordingActor.PropsFor(id, probe, journalId));

    public async ValueTask DisposeAsync() => await System.Terminate();
}
