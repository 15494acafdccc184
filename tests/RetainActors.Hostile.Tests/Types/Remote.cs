using Akka.Actor;
using Akka.Configuration;

namespace RetainActors.Hostile.Tests.Types;

/// <summary>Actor systems that are reached over TCP.</summary>
internal static class Remote
{
    public static ActorSystem Start(string extra) => ActorSystem.Create("node", ConfigurationFactory.ParseString(
        $$"""
        akka.loglevel = OFF
        akka.actor.provider = remote
        akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
        akka.remote.retry-gate-closed-for = 500 ms
        {{extra}}
        """));

    public static string PathOf(ActorSystem system, IActorRef actor) =>
        actor.Path.ToStringWithAddress(((ExtendedActorSystem)system).Provider.DefaultAddress);
}

/// <summary>Hands on the first message that it gets.</summary>
internal sealed class Keeper(TaskCompletionSource<object> got) : UntypedActor
{
    protected override void OnReceive(object message) => got.TrySetResult(message);
}
