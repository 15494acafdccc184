using Akka.Actor;
using Akka.Configuration;
using RetainActors.Checkpoints;
using RetainActors.Cluster.Sharding;
using RetainActors.Runs;

namespace RetainActors.Cluster.Runs;

/// <summary>
/// Runs over the nodes of a cluster. A run is on the node that its shard is on, whoever asks for it, and the cluster remembers it
/// until it has ended: when its node dies it is resumed on another, without anybody asking.
/// </summary>
public sealed class ClusterRuns
{
    private const string TypeName = "retain-run";

    private readonly IActorRef _asker;
    private readonly OpenCalls _calls;

    private ClusterRuns(IActorRef asker, Task terminated) => (_asker, _calls) = (asker, new OpenCalls(terminated));

    /// <summary>
    /// Starts the runs of this node. Call it once on every node that holds checkpoints, with the same state table: remembered
    /// runs go on at once.
    /// </summary>
    /// <param name="system">The actor system, a node of a cluster whose checkpoints are sharded.</param>
    /// <param name="table">The states.</param>
    /// <param name="texts">Gives the source texts, which checkpoints do not store, on whichever node the run is.</param>
    /// <param name="time">The clock of the step log; the system's when null.</param>
    /// <param name="changed">What becomes of a run whose text or state table is another one by now.</param>
    /// <exception cref="ConfigurationException">The checkpoints of this system are not those of a cluster, or a setting is out of range.</exception>
    public static ClusterRuns Start(
        ActorSystem system, StateTable table, ISourceTexts texts, TimeProvider? time = null, ChangePolicy changed = ChangePolicy.Refuse)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(texts);
        _ = RetainCheckpoints.Get(system);
        var config = system.Settings.Config;
        if (CheckpointSettings.From(config).Region == "local")
            throw new ConfigurationException("retain.checkpoint.region is local: each node would keep checkpoints of its own. Runs over a cluster need the region of its profile.");
        var runs = RetainRuns.Start(system, table, time);
        var cluster = ClusterSettings.From(config);
        var shards = Shards.Start(
            system, cluster.Role, TypeName, remembered: true,
            id => RunEntityActor.PropsFor(RunExtractor.KeyOf(id), runs, texts, changed), new RunExtractor(cluster.NumberOfShards), StopRunEntity.Instance);
        var asker = system.ActorOf(RunAskerActor.PropsFor(shards, CheckpointSettings.From(config).ResendInterval));
        return new ClusterRuns(asker, system.WhenTerminated);
    }

    /// <summary>
    /// Starts or resumes the run of a key, or joins it, and waits until it ends, over the death of nodes too. When the answer is
    /// lost on the way the next one says <see cref="RunOutcome.UpToDate"/>. The task does not fault for expected failures; they
    /// are outcomes.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Ends the waiting only; the run goes on.</param>
    public async Task<RunResult> RunAsync(CheckpointKey key, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        var completion = new TaskCompletionSource<RunResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asker.Tell(new RunAskerActor.Call(key, completion));
        return await _calls.AnswerAsync(completion, () => RunResult.Stopped(key, "the actor system was terminated"))
            .WaitAsync(cancellationToken).ConfigureAwait(false);
    }
}
