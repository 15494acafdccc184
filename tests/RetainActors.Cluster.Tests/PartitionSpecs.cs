using System.Diagnostics;
using Akka.Actor;
using Akka.Remote;
using Akka.Remote.Transport;

namespace RetainActors.Cluster.Tests;

/// <summary>Nodes that are cut off or paused while writers on both sides want the same keys.</summary>
[Collection(PostgresTests.Name)]
public sealed class PartitionSpecs(PostgresFixture postgres)
{
    private const int Keys = 10;

    /// <summary>Akka's own throttle below the nodes, which can swallow what goes to an address.</summary>
    private const string Throttled = $"{Acknowledged.KeepRows}\nakka.remote.dot-netty.tcp.applied-adapters = [trttl]\nretain.checkpoint.client.request-timeout = 60 s";

    [Trait("Category", "Soak")]
    [SkippableTheory(DisplayName = "A node that is cut off, both ways or one, should end itself, while the others serve every key and no acknowledged save is lost or doubled")]
    [InlineData(ThrottleTransportAdapter.Direction.Both)]
    [InlineData(ThrottleTransportAdapter.Direction.Send)]
    [InlineData(ThrottleTransportAdapter.Direction.Receive)]
    public async Task Cut_off(ThrottleTransportAdapter.Direction direction)
    {
        var database = postgres.NewDatabase();
        await using var nodes = new Nodes(database, Throttled);
        var systems = await nodes.StartManyAsync(3);
        var acknowledged = new Acknowledged(Keys);
        using var stop = new CancellationTokenSource();
        var writers = systems.Select(system => acknowledged.WriteAsync(system, stop.Token)).ToArray();
        await acknowledged.MoreAsync(100);
        await Writing.NodesWriteAsync(database, 3);

        var watch = Stopwatch.StartNew();
        foreach (var other in systems[..2])
        {
            await SwallowAsync(systems[2], other, direction);
            if (direction == ThrottleTransportAdapter.Direction.Both) await SwallowAsync(other, systems[2], direction);
        }

        await systems[2].WhenTerminated.WaitAsync(TimeSpan.FromSeconds(120));
        await Writing.EveryKeyAsync(database, Keys);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(100), $"the majority served every key again after {watch.Elapsed}");
        await stop.CancelAsync();
        await Task.WhenAll(writers);
        acknowledged.Verify(database);
    }

    [Trait("Category", "Soak")]
    [SkippableFact(DisplayName = "A node that is paused until it was given up, and wakes up in the middle of its writes, should meet the fence")]
    public async Task Paused()
    {
        Requires.Linux();
        var database = postgres.NewDatabase();
        await using var nodes = new Nodes(database, $"{Acknowledged.KeepRows}\nretain.checkpoint.client.request-timeout = 90 s");
        var here = await nodes.StartAsync();
        var seed = Akka.Cluster.Cluster.Get(here).SelfAddress.ToString();
        // Two, so that the one that is paused is the smaller side.
        using var other = await NodeProcess.StartAsync(database, seed, Acknowledged.KeepRows);
        using var paused = await NodeProcess.StartAsync(database, seed, Acknowledged.KeepRows);
        var acknowledged = new Acknowledged(Keys);
        using var stop = new CancellationTokenSource();
        var writers = acknowledged.WriteAsync(here, stop.Token);
        await acknowledged.MoreAsync(100);
        await Writing.NodesWriteAsync(database, 3);

        paused.Signal("STOP");
        await Writing.UntilAsync(() => Akka.Cluster.Cluster.Get(here).State.Members.Count == 2, "the paused node was not given up");
        await Writing.EveryKeyAsync(database, Keys);
        paused.Signal("CONT");
        await paused.EndedAsync();
        await acknowledged.MoreAsync(200);
        await stop.CancelAsync();
        await writers;
        acknowledged.Verify(database);
    }

    private static async Task SwallowAsync(ActorSystem at, ActorSystem peer, ThrottleTransportAdapter.Direction direction)
    {
        var transport = ((IRemoteActorRefProvider)((ExtendedActorSystem)at).Provider).Transport;
        var address = Akka.Cluster.Cluster.Get(peer).SelfAddress;
        Assert.True(await transport.ManagementCommand(new SetThrottle(address, direction, Blackhole.Instance)));
    }
}
