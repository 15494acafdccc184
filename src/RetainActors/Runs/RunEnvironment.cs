using Akka.Actor;

namespace RetainActors.Runs;

/// <summary>What all runs of one manager share.</summary>
internal sealed record RunEnvironment(StateTable Table, RunSettings Settings, IActorRef Checkpoints, TimeProvider Time);
