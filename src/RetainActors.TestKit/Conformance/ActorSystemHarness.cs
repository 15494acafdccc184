using Akka.Actor;
using RetainActors.Checkpoints;

namespace RetainActors.Testing.Conformance;

/// <summary>The usual harness: actor systems made by a function, one after the other.</summary>
/// <param name="features">What the backend can do.</param>
/// <param name="start">Starts an actor system; its configuration should fall back to <see cref="CheckpointConformance.Config"/>.</param>
public sealed class ActorSystemHarness(HarnessFeatures features, Func<ActorSystem> start) : IHarness
{
    private ActorSystem _system = start();

    /// <inheritdoc/>
    public ICheckpointClient Client => RetainCheckpoints.Get(_system).Client;

    /// <inheritdoc/>
    public IActorRef ClientActor => RetainCheckpoints.Get(_system).ClientActor;

    /// <inheritdoc/>
    public async Task RestartAsync()
    {
        Require(HarnessFeatures.SurvivesRestart);
        await _system.Terminate();
        _system = start();
    }

    /// <inheritdoc/>
    public Task<IHarness> StartSecondAsync()
    {
        Require(HarnessFeatures.TwoInstances);
        return Task.FromResult<IHarness>(new ActorSystemHarness(features, start));
    }

    /// <summary>Stops the actor system.</summary>
    public async ValueTask DisposeAsync() => await _system.Terminate();

    private void Require(HarnessFeatures needed)
    {
        if (!features.HasFlag(needed)) throw new NotSupportedException($"This backend was declared without {needed}.");
    }
}
