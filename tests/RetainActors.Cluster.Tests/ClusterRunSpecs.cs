using System.Collections.Concurrent;
using Akka.Actor;
using RetainActors.Cluster.Runs;
using RetainActors.Runs;

namespace RetainActors.Cluster.Tests;

/// <summary>Runs on three nodes, one of which dies.</summary>
[Collection(PostgresTests.Name)]
public sealed class ClusterRunSpecs(PostgresFixture postgres)
{
    private static readonly CheckpointKey[] Keys =
        [.. Enumerable.Range(0, 8).Select(i => new CheckpointKey("bank", $"docs/{i}~ü%2F.md")), new CheckpointKey(new string('b', 300), "long")];

    [Trait("Category", "Soak")]
    [SkippableFact(DisplayName = "Runs whose node died should go on at their next state on another node, without anybody asking")]
    public async Task Node_dies()
    {
        await using var nodes = new Nodes(postgres.NewDatabase());
        var systems = await nodes.StartManyAsync(3);
        var world = new World();
        var runs = systems.Select((system, node) => ClusterRuns.Start(system, world.TableOf(node), new Texts())).ToArray();

        // Asked for on the node that dies, so that nobody asks again.
        foreach (var key in Keys) _ = runs[0].RunAsync(key);
        foreach (var key in Keys) await world.EnteredAsync(key, "WORK", 1);
        var onNode0 = Keys.Where(key => world.NodeOf(key) == 0).ToArray();
        Assert.NotEmpty(onNode0);
        ((ExtendedActorSystem)systems[0]).Abort();
        await systems[0].WhenTerminated.WaitAsync(TimeSpan.FromSeconds(60));

        foreach (var key in onNode0) await world.EnteredAsync(key, "WORK", 2);
        Assert.DoesNotContain(onNode0, key => world.NodeOf(key) == 0);
        world.Release();
        foreach (var key in Keys)
        {
            var result = await runs[1].RunAsync(key).WaitAsync(TimeSpan.FromSeconds(60));
            Assert.Contains(result.Outcome, (RunOutcome[])[RunOutcome.Completed, RunOutcome.UpToDate]);
            var loaded = await Nodes.Client(systems[2]).LoadAsync(key);
            Assert.Equal(CheckpointStatus.Completed, loaded!.Context.Status);
            Assert.Equal(1, world.Entered(key, "READ"));
        }
    }

    [SkippableFact(DisplayName = "A run should be joined by whoever asks for it, on any node, and a source without a text be refused by name")]
    public async Task Joins()
    {
        await using var nodes = new Nodes(postgres.NewDatabase());
        var systems = await nodes.StartManyAsync(2);
        var world = new World();
        world.Release();
        var runs = systems.Select((system, node) => ClusterRuns.Start(system, world.TableOf(node), new Texts())).ToArray();
        var results = await Task.WhenAll(runs.Concat(runs).Select(client => client.RunAsync(Keys[0]))).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Contains(results, result => result.Outcome == RunOutcome.Completed);
        Assert.All(results, result => Assert.Equal(Keys[0], result.Context!.Key));
        Assert.Equal((1, 1), (world.Entered(Keys[0], "READ"), world.Entered(Keys[0], "WORK")));

        var missing = await runs[0].RunAsync(new CheckpointKey("bank", "missing")).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal((RunOutcome.Refused, "TextMissing"), (missing.Outcome, missing.Error!.Reason));
        var failing = await runs[1].RunAsync(new CheckpointKey("bank", "failing")).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal((RunOutcome.Refused, "TextUnavailable"), (failing.Outcome, failing.Error!.Reason));
    }

    private sealed class Texts : ISourceTexts
    {
        public Task<string?> FindAsync(CheckpointKey key, CancellationToken cancellationToken) => key.Source switch
        {
            "missing" => Task.FromResult<string?>(null),
            "failing" => throw new IOException("the share is gone"),
            _ => Task.FromResult<string?>($"text of {key}"),
        };
    }

    /// <summary>What the states of all nodes did; WORK waits until it is released.</summary>
    private sealed class World
    {
        private readonly ConcurrentQueue<(CheckpointKey Key, string State, int Node)> _entered = new();
        private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public StateTable TableOf(int node) => new StateTableBuilder("READ")
            .Add("READ", (scope, context, _) => Enter(scope, context, node, Transition.To("WORK"), Task.CompletedTask), next: ["WORK"])
            .Add("WORK", (scope, context, stop) => Enter(scope, context, node, Transition.Completed, _release.Task.WaitAsync(stop)))
            .Build();

        public void Release() => _release.TrySetResult();

        public int Entered(CheckpointKey key, string state) => _entered.Count(entry => entry.Key == key && entry.State == state);

        public int NodeOf(CheckpointKey key) => _entered.Last(entry => entry.Key == key).Node;

        public Task EnteredAsync(CheckpointKey key, string state, int times) =>
            Writing.UntilAsync(() => Entered(key, state) >= times, $"{key} did not enter {state} {times} times");

        private async Task<StateResult> Enter(StateScope scope, RetainContext context, int node, Transition transition, Task wait)
        {
            _entered.Enqueue((scope.Key, scope.State, node));
            await wait;
            return new StateResult(context, transition);
        }
    }
}
