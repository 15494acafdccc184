using Akka.Actor;

namespace RetainActors;

/// <summary>Props without an expression, which Akka compiles anew for every actor: much dearer than the actor.</summary>
internal static class ActorProps
{
    public static Props From<TActor>(Func<TActor> produce)
        where TActor : ActorBase => Props.CreateBy(new Producer<TActor>(produce));

    private sealed class Producer<TActor>(Func<TActor> produce) : IIndirectActorProducer
        where TActor : ActorBase
    {
        public Type ActorType => typeof(TActor);

        public ActorBase Produce() => produce();

        public void Release(ActorBase actor)
        {
        }
    }
}
