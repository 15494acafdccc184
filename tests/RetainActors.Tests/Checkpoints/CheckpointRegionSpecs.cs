using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using RetainActors.Checkpoints;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Tests.Checkpoints;

public sealed class CheckpointRegionSpecs : TestKit
{
    private readonly JournalScript _journal;
    private readonly IActorRef _region;
    private readonly TestProbe _asker;

    public CheckpointRegionSpecs()
        : base(ConfigurationFactory.ParseString(
            """
            retain.checkpoint.passivate-after = 40 ms
            retain.checkpoint.max-queue-length = 200
            akka.test.single-expect-default = 20 s
            """).WithFallback(FaultyJournal.Config))
    {
        _region = RetainCheckpoints.Get(Sys).Region;
        _journal = JournalScript.Of(Sys);
        _asker = CreateTestProbe();
    }

    [Fact(DisplayName = "The region should route each key to an actor of its own, however alike the keys are")]
    public async Task Routes()
    {
        CheckpointKey[] keys = [new("a", "b/c"), new("a/b", "c"), new("a", "b_c"), new("A", "b/c"), new("..", "..")];
        foreach (var key in keys) _region.Tell(new Save(new RetainContext(key) { DocumentId = key.ToString() + key.Bank.Length }), _asker);
        for (var i = 0; i < keys.Length; i++) await _asker.ExpectMsgAsync<Saved>(saved => Assert.Equal(1, saved.Revision));
        foreach (var key in keys)
        {
            _region.Tell(new Load(key), _asker);
            var loaded = await _asker.ExpectMsgAsync<Loaded>();
            Assert.Equal((key, key.ToString() + key.Bank.Length), (loaded.Key, loaded.Context.DocumentId));
        }
    }

    [Fact(DisplayName = "No request should be lost while idle actors passivate and come back")]
    public async Task Passivation()
    {
        // Bursts around the idle time, so that requests meet actors in every phase of passivation.
        for (var burst = 0; burst < 12; burst++)
        {
            for (var i = 0; i < 50; i++) _region.Tell(new Save(Contexts.After()), _asker);
            for (var i = 1; i <= 50; i++) await _asker.ExpectMsgAsync(new Saved(Contexts.Key, (burst * 50) + i));
            await _asker.ExpectNoMsgAsync(TimeSpan.FromMilliseconds(28 + (4 * burst)));
        }
    }

    [Fact(DisplayName = "An idle key should leave memory and be back with the next request")]
    public async Task Leaves_memory()
    {
        _region.Tell(new Save(Contexts.After()), _asker);
        await _asker.ExpectMsgAsync<Saved>();
        await AwaitPassivatedAsync();

        _region.Tell(new Load(Contexts.Key), _asker);
        await _asker.ExpectMsgAsync<Loaded>();
    }

    [Theory(DisplayName = "Requests to a key that cannot recover should be answered by the region, damage as damage, and later ones try again")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Recovery_failure(bool isDamage)
    {
        _region.Tell(new Save(Contexts.After()), _asker);
        await _asker.ExpectMsgAsync<Saved>();
        await AwaitPassivatedAsync();

        var replay = new JournalFault.Hold();
        _journal.OnNextReplay(replay);
        _region.Tell(new Load(Contexts.Key), _asker);
        _region.Tell(new Save(Contexts.After()), _asker);
        // Both must wait in the region before the recovery fails.
        await _region.Ask<ActorIdentity>(new Identify(null));
        replay.FailWith(isDamage ? new InvalidDataException("segment 3 is damaged") : new IOException("the disk is gone"));
        await _asker.ExpectMsgAsync<ICheckpointReply>(reply => Assert.Equal(
            isDamage ? new Corrupt(Contexts.Key, "InvalidData: segment 3 is damaged", null) : new Unavailable(Contexts.Key, "IO", "the disk is gone"), reply));
        Assert.Equal(isDamage ? RefuseReason.Unreadable : RefuseReason.Failed, (await _asker.ExpectMsgAsync<SaveRefused>()).Reason);

        _region.Tell(new Load(Contexts.Key), _asker);
        await _asker.ExpectMsgAsync<Loaded>();
    }

    [Fact(DisplayName = "A key that keeps failing should rest ever longer, while its requests wait and each gets its answer")]
    public async Task Backoff()
    {
        var settings = CheckpointSettings.From(RetainCheckpoints.DefaultConfig);
        Assert.Equal([0.2, 0.4, 0.8, 1.6, 3.2, 5, 5], Enumerable.Range(1, 7).Select(failures => settings.RestartBackoff.After(failures, chance: 0).TotalSeconds));
        for (var i = 0; i < 3; i++)
        {
            _journal.OnNextWrite(new JournalFault.Fail());
            _region.Tell(new Save(Contexts.After(), Guid.NewGuid()), _asker);
            await _asker.ExpectMsgAsync<SaveUnknown>();
        }

        _region.Tell(new Save(Contexts.After()), _asker);
        await _asker.ExpectMsgAsync(new Saved(Contexts.Key, 1));
    }

    [Fact(DisplayName = "A request that the answer of a failed one leads to at once should wait until the key is back")]
    public async Task Request_right_after_a_failure()
    {
        _journal.OnNextWrite(new JournalFault.Fail());
        // On the thread of the actor that fails, so that the second save is sent before that actor has stopped.
        var hasty = Sys.ActorOf(Props.Create(() => new Hasty(_region, _asker)).WithDispatcher(CallingThreadDispatcher.Id));
        _region.Tell(new Save(Contexts.After()), hasty);
        await _asker.ExpectMsgAsync<SaveUnknown>();
        await _asker.ExpectMsgAsync(new Saved(Contexts.Key, 1));
    }

    [Fact(DisplayName = "When a rule throws over one of several requests, each of them should have an answer")]
    public async Task Throwing_rule()
    {
        var region = Sys.ActorOf(CheckpointRegionActor.PropsFor(CheckpointSettings.From(Sys.Settings.Config), (state, command, inputs) =>
            command is Save { Context.DocumentId: "throws" } ? throw new InvalidOperationException("a rule") : CheckpointDecider.Decide(state, command, inputs)));
        var release = _journal.HoldNextWrite();
        region.Tell(new Save(Contexts.After()), _asker);
        await release.Reached.WaitAsync(TimeSpan.FromSeconds(20));
        region.Tell(new Save(Contexts.After()), _asker);
        region.Tell(new Save(Contexts.After() with { DocumentId = "throws" }), _asker);
        // Both must wait in the key's actor before the first write ends.
        await region.Ask<ActorIdentity>(new Identify(null));
        release.Release();

        await _asker.ExpectMsgAsync(new Saved(Contexts.Key, 1));
        var answers = await _asker.ReceiveNAsync(2).ToListAsync();
        Assert.All(answers, answer => Assert.True(answer is SaveUnknown or SaveRefused, $"{answer}"));
    }

    [Fact(DisplayName = "A region that is told to stop should finish what it has, send the rest away to be sent again, and be gone")]
    public async Task Stops()
    {
        Watch(_region);
        var release = _journal.HoldNextWrite();
        _region.Tell(new Save(Contexts.After()), _asker);
        _region.Tell(new Save(Contexts.After()), _asker);
        await release.Reached.WaitAsync(TimeSpan.FromSeconds(20));
        _region.Tell(CheckpointActor.Stop.Instance);
        _region.Tell(new Save(Contexts.After()), _asker);
        Assert.Equal(RefuseReason.Busy, (await _asker.ExpectMsgAsync<SaveRefused>()).Reason);
        release.Release();
        await _asker.ExpectMsgAsync(new Saved(Contexts.Key, 1));
        await _asker.ExpectMsgAsync(new Saved(Contexts.Key, 2));
        await ExpectTerminatedAsync(_region);
    }

    /// <summary>Sends a save again as soon as its outcome is unknown, and tells every answer to the test.</summary>
    private sealed class Hasty(IActorRef region, IActorRef test) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is SaveUnknown) region.Tell(new Save(Contexts.After()));
            test.Tell(message);
        }
    }

    /// <summary>Waits until the key's actor is gone; it may have left before anybody could watch it.</summary>
    private Task AwaitPassivatedAsync() => AwaitAssertAsync(
        async () => Assert.Null((await Sys.ActorSelection(_region.Path / Contexts.Key.PersistenceId)
            .Ask<ActorIdentity>(new Identify(null), TimeSpan.FromSeconds(5))).Subject),
        TimeSpan.FromSeconds(20));
}
