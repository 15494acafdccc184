using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using RetainActors.Checkpoints;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Tests.Checkpoints;

public sealed class CheckpointRegionSpecs : TestKit
{
    private readonly FaultyJournal.Script _journal;
    private readonly IActorRef _region;
    private readonly TestProbe _asker;

    public CheckpointRegionSpecs()
        : base(ConfigurationFactory.ParseString(
            """
            retain.checkpoint.passivate-after = 40 ms
            retain.checkpoint.max-queue-length = 200
            """).WithFallback(FaultyJournal.Config))
    {
        _region = RetainCheckpoints.Get(Sys).Region;
        _journal = FaultyJournal.ScriptOf(Sys);
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

    [Fact(DisplayName = "Requests to a key that cannot recover should be answered by the region, and later ones try again")]
    public async Task Recovery_failure()
    {
        _region.Tell(new Save(Contexts.After()), _asker);
        await _asker.ExpectMsgAsync<Saved>();
        await AwaitPassivatedAsync();

        var replay = new TaskCompletionSource();
        _journal.OnNextReplay(replay.Task);
        _region.Tell(new Load(Contexts.Key), _asker);
        _region.Tell(new Save(Contexts.After()), _asker);
        // Both must wait in the region before the recovery fails.
        await _region.Ask<ActorIdentity>(new Identify(null));
        replay.SetException(new InvalidDataException("segment 3 is damaged"));
        var answers = new[] { await _asker.ExpectMsgAsync<ICheckpointReply>(), await _asker.ExpectMsgAsync<ICheckpointReply>() };
        Assert.Contains(new Unavailable(Contexts.Key, "InvalidData", "segment 3 is damaged"), answers);
        Assert.Contains(answers, answer => answer is SaveRefused { Reason: RefuseReason.Failed });

        _region.Tell(new Load(Contexts.Key), _asker);
        await _asker.ExpectMsgAsync<Loaded>();
    }

    /// <summary>Waits until the key's actor is gone; it may have left before anybody could watch it.</summary>
    private Task AwaitPassivatedAsync() => AwaitAssertAsync(
        async () => Assert.Null((await Sys.ActorSelection(_region.Path / Contexts.Key.PersistenceId)
            .Ask<ActorIdentity>(new Identify(null), TimeSpan.FromSeconds(5))).Subject),
        TimeSpan.FromSeconds(20));
}
