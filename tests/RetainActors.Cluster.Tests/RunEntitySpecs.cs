using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Configuration;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using RetainActors.Cluster.Runs;
using RetainActors.Runs;

namespace RetainActors.Cluster.Tests;

/// <summary>A run in its shard, whose parent is this test, on a run engine that ends as it is told.</summary>
public sealed class RunEntitySpecs() : TestKit("akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"\nakka.loglevel = OFF")
{
    private static readonly CheckpointKey Key = new("bank", "source");

    [Theory(DisplayName = "A run that is kept from going on should not be over, and one that ended for its own reasons should be")]
    [InlineData(RunOutcome.AlreadyRunning, "AlreadyRunning", null, false)]
    [InlineData(RunOutcome.Failed, "TimeoutException", null, false)]
    [InlineData(RunOutcome.Failed, "SaveUnknown", CheckpointStatus.Running, false)]
    [InlineData(RunOutcome.Failed, "Failed", CheckpointStatus.Running, false)]
    [InlineData(RunOutcome.Refused, "Busy", null, false)]
    [InlineData(RunOutcome.Refused, "Failed", null, false)]
    [InlineData(RunOutcome.Failed, "StateFailed", CheckpointStatus.Failed, true)]
    [InlineData(RunOutcome.Failed, "TooLarge", CheckpointStatus.Running, true)]
    [InlineData(RunOutcome.Failed, "Crashed", null, true)]
    [InlineData(RunOutcome.Refused, "TextMissing", null, true)]
    [InlineData(RunOutcome.Refused, "TextUnavailable", null, true)]
    [InlineData(RunOutcome.Parked, "Parked", CheckpointStatus.Parked, true)]
    [InlineData(RunOutcome.Superseded, "StaleEpoch", CheckpointStatus.Running, true)]
    [InlineData(RunOutcome.Completed, null, CheckpointStatus.Completed, true)]
    public void Over(RunOutcome outcome, string? reason, CheckpointStatus? status, bool isOver) => Assert.Equal(isOver, UnservedRun.IsOver(Of(outcome, reason, status)));

    [Fact(DisplayName = "A run that is kept from going on should be tried again until it ends, remembered all the while, and only then be forgotten and answered")]
    public async Task Tries_again()
    {
        var runs = new Runs(Of(RunOutcome.AlreadyRunning, "AlreadyRunning", null), Of(RunOutcome.Failed, "TimeoutException", null), Of(RunOutcome.Completed, null, CheckpointStatus.Completed));
        var (shard, asker) = (CreateTestProbe(), CreateTestProbe());
        var entity = ActorOfAsTestActorRef<RunEntityActor>(RunEntityActor.PropsFor(Key, runs, new Texts(), ChangePolicy.Refuse), shard);
        entity.Tell(new RunRequest(Key), asker);
        foreach (var calls in (int[])[1, 2])
        {
            await AwaitConditionAsync(() => Task.FromResult(runs.Calls == calls));
            await AwaitAssertAsync(() =>
            {
                // The end of the last try arrives first; then time brings the next one.
                ((TestScheduler)Sys.Scheduler).Advance(TimeSpan.FromSeconds(30));
                Assert.Equal(calls + 1, runs.Calls);
            });
        }

        await shard.ExpectMsgAsync<Passivate>();
        Assert.Equal(RunOutcome.Completed, (await asker.ExpectMsgAsync<RunEnded>()).Result.Outcome);
    }

    [Fact(DisplayName = "A run that waits to be tried again should stop at once when its shard moves")]
    public async Task Stops_while_waiting()
    {
        var runs = new Runs(Of(RunOutcome.AlreadyRunning, "AlreadyRunning", null));
        var shard = CreateTestProbe();
        var entity = ActorOfAsTestActorRef<RunEntityActor>(RunEntityActor.PropsFor(Key, runs, new Texts(), ChangePolicy.Refuse), shard);
        Watch(entity);
        await AwaitAssertAsync(async () =>
        {
            entity.Tell(StopRunEntity.Instance);
            await ExpectTerminatedAsync(entity, TimeSpan.FromMilliseconds(200));
        });
        Assert.Equal(1, runs.Calls);
    }

    [Fact(DisplayName = "A run whose shard moves should let its states finish, and be cancelled only when its entity is stopped")]
    public async Task Moves()
    {
        var runs = new Runs();
        var entity = ActorOfAsTestActorRef<RunEntityActor>(RunEntityActor.PropsFor(Key, runs, new Texts(), ChangePolicy.Refuse), CreateTestProbe());
        Watch(entity);
        await AwaitConditionAsync(() => Task.FromResult(runs.Calls == 1));

        entity.Tell(StopRunEntity.Instance);
        Assert.Equal((true, false), (runs.Finish.IsCancellationRequested, runs.Stop.IsCancellationRequested));

        Sys.Stop(entity);
        await ExpectTerminatedAsync(entity);
        Assert.True(runs.Stop.IsCancellationRequested);
    }

    [Fact(DisplayName = "Runs over a cluster should be refused where each node keeps checkpoints of its own")]
    public void Local()
    {
        var table = new StateTableBuilder("A").Add("A", (_, _, _) => throw new InvalidOperationException("entered")).Build();
        using var system = ActorSystem.Create("local", "akka.persistence.journal.plugin = akka.persistence.journal.inmem\nakka.loglevel = OFF");
        Assert.Contains("retain.checkpoint.region is local", Assert.Throws<ConfigurationException>(() => ClusterRuns.Start(system, table, new Texts())).Message, StringComparison.Ordinal);
    }

    private static RunResult Of(RunOutcome outcome, string? reason, CheckpointStatus? status) => new(
        Key, outcome, 1, status is { } known ? new RetainContext(Key) { Status = known } : null, [], Error: reason is null ? null : new RunError(reason, "detail"));

    private sealed class Texts : ISourceTexts
    {
        public Task<string?> FindAsync(CheckpointKey key, CancellationToken cancellationToken) => Task.FromResult<string?>("text");
    }

    /// <summary>Each call ends as the next result says, or never when there is none.</summary>
    private sealed class Runs(params RunResult[] results) : IRunClient
    {
        private int _calls;

        public int Calls => Volatile.Read(ref _calls);

        public CancellationToken Stop { get; private set; }

        public CancellationToken Finish { get; private set; }

        public Task<RunResult> RunAsync(
            CheckpointKey key, string text, ChangePolicy onTextChange, ChangePolicy onTableChange, Timestamp? referenceDate, CancellationToken cancellationToken,
            CancellationToken finishToken)
        {
            (Stop, Finish) = (cancellationToken, finishToken);
            var call = Interlocked.Increment(ref _calls);
            return call > results.Length ? new TaskCompletionSource<RunResult>().Task : Task.FromResult(results[call - 1]);
        }

        public Task<UnparkResult> UnparkAsync(CheckpointKey key, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<ImmutableArray<RunResult>> ResumeUnfinishedAsync(
            ISourceTexts texts, ChangePolicy onTextChange, ChangePolicy onTableChange, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
