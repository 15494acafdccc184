using Akka.Actor;
using RetainActors.Checkpoints;

namespace RetainActors.Testing.Conformance;

/// <summary>What a backend can do; a <see cref="Clause"/> says what it needs.</summary>
[Flags]
public enum HarnessFeatures
{
    /// <summary>One actor system that ends with the test.</summary>
    None = 0,

    /// <summary>What was stored is there for the next actor system.</summary>
    SurvivesRestart = 1,

    /// <summary>Two actor systems may write to one store at once.</summary>
    TwoInstances = 2,

    /// <summary>A read journal is configured, by <c>retain.checkpoint.query-plugin-id</c>.</summary>
    Lists = 4,
}

/// <summary>A backend under test: an actor system whose checkpoints go to the journal in question.</summary>
public interface IHarness : IAsyncDisposable
{
    /// <summary>The client of the system that runs now.</summary>
    ICheckpointClient Client { get; }

    /// <summary>The client's actor, for <c>Tell</c>.</summary>
    IActorRef ClientActor { get; }

    /// <summary>Stops the actor system and starts another over the same store. Needs <see cref="HarnessFeatures.SurvivesRestart"/>.</summary>
    Task RestartAsync();

    /// <summary>Starts a second actor system beside this one, over the same store. Needs <see cref="HarnessFeatures.TwoInstances"/>.</summary>
    Task<IHarness> StartSecondAsync();
}
