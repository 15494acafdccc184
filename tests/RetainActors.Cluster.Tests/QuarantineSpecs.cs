using Akka.Actor;
using Akka.Remote;
using RetainActors.Cluster.Sharding;

namespace RetainActors.Cluster.Tests;

/// <summary>A node that the others will never talk to again.</summary>
[Collection(PostgresTests.Name)]
public sealed class QuarantineSpecs(PostgresFixture postgres)
{
    [SkippableFact(DisplayName = "A node that most others have quarantined should end itself, though its split brain resolver never decides")]
    public async Task Ends()
    {
        await using var nodes = new Nodes(postgres.NewDatabase(), "akka.cluster.split-brain-resolver.stable-after = 3600 s");
        var systems = await nodes.StartManyAsync(3);
        foreach (var system in systems) await Nodes.Client(system).LoadAsync(new CheckpointKey("bank", "source"));
        var given = Akka.Cluster.Cluster.Get(systems[2]).SelfUniqueAddress;

        foreach (var other in systems[..2])
            ((IRemoteActorRefProvider)((ExtendedActorSystem)other).Provider).Quarantine(given.Address, given.Uid);

        await systems[2].WhenTerminated.WaitAsync(TimeSpan.FromSeconds(120));
    }

    [Theory(DisplayName = "Only most of the other members together should end a node")]
    [InlineData(1, 1, true)]
    [InlineData(2, 1, false)]
    [InlineData(2, 2, true)]
    [InlineData(4, 2, false)]
    [InlineData(4, 3, true)]
    [InlineData(0, 0, false)]
    public void Most(int others, int quarantinedBy, bool isGivenUp)
    {
        var addresses = Enumerable.Range(1, others).Select(port => new Address("akka.tcp", "retain", "127.0.0.1", port)).ToList();
        var strangers = new[] { new Address("akka.tcp", "retain", "127.0.0.2", 1), new Address("akka.tcp", "retain", "127.0.0.2", 2), new Address("akka.tcp", "retain", "127.0.0.2", 3) };
        Assert.Equal(isGivenUp, QuarantineWatchActor.IsGivenUp(addresses, addresses.Take(quarantinedBy).Concat(strangers).ToHashSet()));
    }
}
