using Akka.Actor;
using Akka.Event;
using Akka.Remote;

namespace RetainActors.Cluster.Sharding;

/// <summary>
/// Ends this node once most other members that it knows have quarantined it: they removed it, its keys are theirs, and they will never talk
/// to it again. Akka tells a node so and does nothing about it. The split brain resolver looks only at who can be reached, so that a node whose
/// network heals between the verdict of the others and its own could go on for ever.
/// </summary>
internal sealed class QuarantineWatchActor : UntypedActor
{
    private readonly Akka.Cluster.Cluster _cluster = Akka.Cluster.Cluster.Get(Context.System);
    private readonly HashSet<Address> _quarantinedBy = [];

    public static Props Props { get; } = Props.Create<QuarantineWatchActor>();

    /// <summary>More than half of the others: one that is ill itself does not end the healthy.</summary>
    internal static bool IsGivenUp(IReadOnlyCollection<Address> others, IReadOnlySet<Address> by) => others.Count(by.Contains) * 2 > others.Count;

    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(ThisActorSystemQuarantinedEvent));

    protected override void PostStop() => Context.System.EventStream.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        if (message is not ThisActorSystemQuarantinedEvent told)
        {
            Unhandled(message);
            return;
        }

        if (!_quarantinedBy.Add(told.RemoteAddress)) return;
        var others = _cluster.State.Members.Select(member => member.Address).Where(address => address != _cluster.SelfAddress).ToList();
        if (!IsGivenUp(others, _quarantinedBy)) return;
        Context.GetLogger().Error(
            "{Given} of {Others} other members have quarantined this node: it was given up and ends. Start it again to join anew", _quarantinedBy.Count, others.Count);
        _cluster.Down(_cluster.SelfAddress);
    }
}
