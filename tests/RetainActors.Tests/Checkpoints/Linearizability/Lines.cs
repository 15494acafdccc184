using Akka.Actor;

namespace RetainActors.Tests.Checkpoints.Linearizability;

/// <summary>A region that can be killed: what it says after that reaches nobody, as from a process that is gone.</summary>
internal sealed class RegionLife(IActorRef region)
{
    public IActorRef Region { get; } = region;

    public bool IsOver { get; set; }
}

/// <summary>Where clients send: on to the region that lives.</summary>
internal sealed class RequestLine(ActorPath path, IActorRefProvider provider, Func<RegionLife> current) : MinimalActorRef
{
    public override ActorPath Path => path;

    public override IActorRefProvider Provider => provider;

    protected override void TellInternal(object message, IActorRef sender)
    {
        var life = current();
        life.Region.Tell(message, new ReplyLine(path, provider, sender, reply => !life.IsOver));
    }
}

/// <summary>Where answers go: on to an actor, or to a function, while a condition holds.</summary>
internal sealed class ReplyLine(ActorPath path, IActorRefProvider provider, IActorRef? target, Func<object, bool> take) : MinimalActorRef
{
    public override ActorPath Path => path;

    public override IActorRefProvider Provider => provider;

    protected override void TellInternal(object message, IActorRef sender)
    {
        if (take(message)) target?.Tell(message, sender);
    }
}
