using System.Runtime.Serialization;
using System.Text;
using Akka.Actor;
using Akka.Configuration;
using RetainActors.Checkpoints;
using RetainActors.Cluster;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Hostile.Tests.Types;

/// <summary>Bytes of a peer that name types.</summary>
public sealed class WireSpecs
{
    private const string Refused = """akka.actor.serializers.json = "RetainActors.Cluster.Wire.RefusedSerializer, RetainActors.Cluster" """;

    private static readonly string[] OfCheckpoints = ["save", "save-branch", "loaded", "history-page", "corrupt", "x"];

    [Fact(DisplayName = "Serializers of messages should make no type that bytes name, whatever the manifest")]
    public async Task Serializers()
    {
        var system = ActorSystem.Create("wire", ConfigurationFactory.ParseString(Refused + "\nakka.loglevel = OFF").WithFallback(RetainCluster.DefaultConfig).WithFallback(RetainCheckpoints.DefaultConfig));
        var before = Made.Count;
        foreach (var payload in Payloads.All)
        foreach (var manifest in Payloads.Manifests)
        {
            var plain = Encoding.UTF8.GetBytes(payload);
            foreach (var bytes in OfCheckpoints.Select(name => (byte[])[0, 0, 0, 0, 0, 0, 0, 0, 0, (byte)name.Length, .. Encoding.ASCII.GetBytes(name), .. plain]).Append(plain))
            foreach (var serializer in new[] { 1, 20261, 20262, 20263 })
            {
                object? read = null;
                var failure = Record.Exception(() => read = system.Serialization.Deserialize(bytes, serializer, manifest));
                Assert.True(failure is SerializationException || read is UnreadableRecord, $"{serializer}, '{manifest}', {payload}: {(object?)failure ?? read?.GetType()}");
            }
        }

        Assert.Equal(before, Made.Count);
        await system.Terminate();
    }

    [Fact(DisplayName = "A context between nodes whose members name types should keep them as raw JSON")]
    public async Task Members()
    {
        var system = ActorSystem.Create("wire", ConfigurationFactory.ParseString(Refused + "\nakka.loglevel = OFF").WithFallback(RetainCluster.DefaultConfig).WithFallback(RetainCheckpoints.DefaultConfig));
        var before = Made.Count;
        var context = $$"""{"bank":"b","source":"s","textLength":0,"status":"running","attempt":1,"$type":"x","m":{{Payloads.Gadget}}}""";
        var message = Encoding.UTF8.GetBytes($$"""save{"key":["b","s"],"context":{{context}}}""");
        var save = Assert.IsType<Save>(system.Serialization.Deserialize([0, 0, 0, 0, 0, 0, 0, 0, 0, 4, .. message], 20262, "m1"));
        Assert.True(save.Context.UnknownMembers.TryGet("m", out var kept));
        Assert.Equal(Payloads.Gadget, kept.GetRawText());
        Assert.Equal(before, Made.Count);
        await system.Terminate();
    }

    [Theory(DisplayName = "A peer's message that names a type should make none on a node with the cluster's profile, and one on a node without")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Peer(bool isRefused)
    {
        var (node, peer) = (Remote.Start(isRefused ? Refused : ""), Remote.Start(""));
        try
        {
            var got = new TaskCompletionSource<object>();
            var inbox = node.ActorOf(Props.Create(() => new Keeper(got)), "inbox");
            var gadget = new Gadget();
            var before = Made.Count;
            var target = peer.ActorSelection(Remote.PathOf(node, inbox));
            target.Tell(gadget);
            target.Tell("done");
            // Messages of one sender come in order, so that what comes first says what became of the gadget.
            var first = await got.Task.WaitAsync(TimeSpan.FromSeconds(60));

            Assert.Equal(isRefused, first is "done");
            Assert.Equal(isRefused, Made.Count == before);
        }
        finally
        {
            await Task.WhenAll(node.Terminate(), peer.Terminate());
        }
    }
}
