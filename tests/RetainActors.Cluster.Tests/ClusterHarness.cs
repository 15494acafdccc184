using Akka.Actor;
using RetainActors.Checkpoints;
using RetainActors.Testing.Conformance;

namespace RetainActors.Cluster.Tests;

/// <summary>
/// Three nodes under the conformance suite: two hold the keys, and the one that is asked holds none, so that every request crosses
/// nodes. A restart is that of a node that holds keys: a half of them moves.
/// </summary>
internal sealed class ClusterHarness : IHarness
{
    private const string Holds = "akka.cluster.roles = [keys]";

    private readonly Nodes _nodes;
    private readonly ActorSystem _asked;
    private readonly Queue<ActorSystem> _holders;

    private ClusterHarness(Nodes nodes, ActorSystem asked, IEnumerable<ActorSystem> holders) =>
        (_nodes, _asked, _holders) = (nodes, asked, new Queue<ActorSystem>(holders));

    public const HarnessFeatures BackendFeatures = HarnessFeatures.SurvivesRestart | HarnessFeatures.TwoInstances | HarnessFeatures.Lists;

    public ICheckpointClient Client => RetainCheckpoints.Get(_asked).Client;

    public IActorRef ClientActor => RetainCheckpoints.Get(_asked).ClientActor;

    public static async Task<ClusterHarness> StartAsync(Database database)
    {
        var nodes = new Nodes(database, "retain.cluster.role = keys", CheckpointConformance.Config);
        var asked = await nodes.StartAsync();
        return new ClusterHarness(nodes, asked, [await nodes.StartAsync(Holds), await nodes.StartAsync(Holds)]);
    }

    /// <summary>The new node first, so that there is always one that the keys can move to.</summary>
    public async Task RestartAsync()
    {
        _holders.Enqueue(await _nodes.StartAsync(Holds));
        await _holders.Dequeue().Terminate().WaitAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>A cluster on the same database that knows nothing of this one.</summary>
    public async Task<IHarness> StartSecondAsync() => await StartAsync(_nodes.Database);

    public ValueTask DisposeAsync() => _nodes.DisposeAsync();
}
