using Akka.Actor;
using Akka.Cluster;

namespace RetainActors.Cluster.Driver;

/// <summary>Tells which nodes this one gave up: <c>GONE time address</c>.</summary>
internal sealed class GoneActor : UntypedActor
{
    protected override void PreStart() =>
        Akka.Cluster.Cluster.Get(Context.System).Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.MemberRemoved));

    protected override void OnReceive(object message)
    {
        if (message is ClusterEvent.MemberRemoved removed) Told.At("GONE", removed.Member.Address);
        else Unhandled(message);
    }
}
