using System.Collections.Immutable;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using RetainActors.Checkpoints;
using RetainActors.Runs;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Tests.Runs;

/// <summary>One run actor between two probes: one plays its checkpoint, the other is its parent.</summary>
internal sealed class ProbedRun
{
    public const string Text = "some text";

    /// <summary>The epoch that every claim here gets.</summary>
    public const long Epoch = 5;

    private readonly ActorSystem _system;
    private readonly TestProbe _watcher;
    private readonly TestProbe _retries;
    private long _revision = 10;

    public ProbedRun(TestKit kit, StateTable table, ChangePolicy policy = ChangePolicy.Refuse, RunSettings? settings = null)
    {
        Checkpoints = kit.CreateTestProbe();
        Parent = kit.CreateTestProbe();
        Clock = new ManualClock();
        _retries = kit.CreateTestProbe();
        kit.Sys.EventStream.Subscribe(_retries.Ref, typeof(RunEvent.Retried));
        Actor = Parent.ChildActorOf(
            RetainRunActor.PropsFor(
                new RunProtocol.StartRun(Key, Text, policy), new RunEnvironment(table, settings ?? Impatient, Checkpoints.Ref, Clock),
                new RunProgress(Clock)),
            new OneForOneStrategy(_ => Directive.Stop));
        _watcher = kit.CreateTestProbe();
        _watcher.Watch(Actor);
        _system = kit.Sys;
    }

    public static CheckpointKey Key { get; } = new("bank", "source.md");

    /// <summary>The defaults, but for a run that does not wait out what is busy.</summary>
    public static RunSettings Impatient { get; } = RunSettings.From(RetainCheckpoints.DefaultConfig) with { BusyTimeout = TimeSpan.Zero };

    /// <summary>A context as an earlier run of the same text left it.</summary>
    public static RetainContext Stored { get; } = new(Key)
    {
        TextLength = Text.Length,
        TextSha256 = SourceText.Sha256Of(Text),
        StartedAt = Timestamp.Parse("2026-01-01T00:00:00Z"),
    };

    public TestProbe Checkpoints { get; }

    public TestProbe Parent { get; }

    public ManualClock Clock { get; }

    public IActorRef Actor { get; }

    public void Stop(bool finishes = false) => Actor.Tell(new RunProtocol.StopRun(Key, finishes));

    /// <summary>Answers the look, the claim and the load after it; the run is then about to save.</summary>
    public async Task StartAsync(RetainContext? stored = null, params ImmutableArray<BranchResult> branches)
    {
        await LookAsync(stored, branches);
        await ClaimAsync();
        await LookAsync(stored, branches);
    }

    public async Task LookAsync(RetainContext? stored = null, params ImmutableArray<BranchResult> branches)
    {
        await ExpectAsync<Load>();
        Reply(stored is null ? new NotFound(Key) : new Loaded(Key, _revision, Epoch - 1, stored, Timestamp.From(ManualClock.Start), branches));
    }

    public async Task ClaimAsync()
    {
        await ExpectAsync<Claim>();
        Reply(new Claimed(Key, Epoch, ++_revision));
    }

    /// <summary>Expects the next save and acknowledges it.</summary>
    public async Task<RetainContext> SaveAsync()
    {
        var save = await ExpectAsync<Save>();
        Assert.Equal(Epoch, save.Epoch);
        Assert.NotNull(save.SaveId);
        Acknowledge();
        return save.Context;
    }

    /// <summary>Expects the next save of a branch and acknowledges it.</summary>
    public async Task<BranchResult> SaveBranchAsync()
    {
        var save = await ExpectAsync<SaveBranch>();
        Assert.Equal(Epoch, save.Epoch);
        Acknowledge();
        return new BranchResult(save.ForkState, save.Visit, save.Branch, save.Delta, _revision);
    }

    /// <summary>Expects that a step waits for its retry, and lets that time pass.</summary>
    public async Task RetryAsync() => _system.Advance((await _retries.ExpectMsgAsync<RunEvent.Retried>(TimeSpan.FromSeconds(20))).After);

    public async Task<T> ExpectAsync<T>() where T : ICheckpointCommand
    {
        var command = await Checkpoints.ExpectMsgAsync<T>(TimeSpan.FromSeconds(20));
        Assert.Equal(Key, command.Key);
        return command;
    }

    public void Acknowledge() => Reply(new Saved(Key, ++_revision));

    public void Reply(ICheckpointReply reply) => Checkpoints.Reply(reply);

    /// <summary>Expects the end of the run, and that it asked for nothing that was not expected before.</summary>
    public async Task<RunResult> EndAsync()
    {
        var ended = (RunProtocol.Ended)await Parent.FishForMessageAsync(message => message is RunProtocol.Ended, TimeSpan.FromSeconds(20));
        await GoneAsync();
        Assert.False(Checkpoints.HasMessages, "the run asked its checkpoint for more");
        Assert.False(Parent.HasMessages, "the run told its parent more after its end");
        Assert.Equal(Key, ended.Result.Key);
        return ended.Result;
    }

    /// <summary>Expects the actor to be gone.</summary>
    public async Task GoneAsync() => await _watcher.ExpectTerminatedAsync(Actor, TimeSpan.FromSeconds(20));
}
