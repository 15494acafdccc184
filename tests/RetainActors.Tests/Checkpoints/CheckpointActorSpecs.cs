using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using RetainActors.Checkpoints;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Tests.Checkpoints;

/// <summary>One key's actor on a journal that can be held, failed, and made to lose its reply.</summary>
public sealed class CheckpointActorSpecs : TestKit
{
    private static readonly CheckpointKey Key = Contexts.Key;
    private readonly RetainContext _context = Contexts.After("READ");
    private readonly JournalScript _journal;
    private TestProbe _parent = null!;
    private readonly TestProbe _asker;

    public CheckpointActorSpecs()
        : base(VirtualTime.Config.WithFallback(FaultyJournal.Config))
    {
        RetainCheckpoints.Get(Sys);
        _journal = JournalScript.Of(Sys);
        _asker = CreateTestProbe();
    }

    [Fact(DisplayName = "CheckpointActor should answer a save only after the journal acknowledged it")]
    public async Task Acknowledged_after_the_journal()
    {
        var actor = await StartAsync();
        var release = _journal.HoldNextWrite();
        actor.Tell(new Save(_context), _asker);
        actor.Tell(new Load(Key), _asker);
        await _asker.ExpectNoMsgAsync(TimeSpan.Zero);

        release.Release();
        await _asker.ExpectMsgAsync(new Saved(Key, 1));
        Assert.Equal(_context, (await _asker.ExpectMsgAsync<Loaded>()).Context);
    }

    [Fact(DisplayName = "CheckpointActor should give the same answers after a restart of the actor")]
    public async Task Survives_restart()
    {
        var (actor, id) = (await StartAsync(), Guid.NewGuid());
        actor.Tell(new Claim(Key), _asker);
        await _asker.ExpectMsgAsync(new Claimed(Key, 1, 1));
        actor.Tell(new Save(_context, id, Epoch: 1), _asker);
        await _asker.ExpectMsgAsync(new Saved(Key, 2));
        await StopAsync(actor);

        actor = await StartAsync();
        actor.Tell(new Load(Key), _asker);
        var loaded = await _asker.ExpectMsgAsync<Loaded>();
        Assert.Equal((2, 1, _context), (loaded.Revision, loaded.Epoch, loaded.Context));
        actor.Tell(new Save(_context, id, Epoch: 1), _asker);
        await _asker.ExpectMsgAsync(new Saved(Key, 2));
        actor.Tell(new Save(_context), _asker);
        Assert.Equal(RefuseReason.StaleEpoch, (await _asker.ExpectMsgAsync<SaveRefused>()).Reason);
    }

    [Fact(DisplayName = "CheckpointActor should write what waited as one batch, each save with its own revision and in order")]
    public async Task Batches()
    {
        var actor = await StartAsync();
        var release = _journal.HoldNextWrite();
        for (var i = 0; i < 10; i++) actor.Tell(new Save(_context with { DocumentId = $"{i}" }), _asker);
        release.Release();

        for (var i = 1; i <= 10; i++) await _asker.ExpectMsgAsync(new Saved(Key, i));
        Assert.Equal(2, _journal.Writes);
        await StopAsync(actor);
        (await StartAsync()).Tell(new Load(Key), _asker);
        Assert.Equal("9", (await _asker.ExpectMsgAsync<Loaded>()).Context.DocumentId);
    }

    [Fact(DisplayName = "CheckpointActor should refuse with Busy what exceeds its queue")]
    public async Task Busy()
    {
        var actor = await StartAsync(settings => settings with { MaxQueueLength = 2 });
        var release = _journal.HoldNextWrite();
        for (var i = 0; i < 4; i++) actor.Tell(new Save(_context), _asker);

        Assert.Equal(RefuseReason.Busy, (await _asker.ExpectMsgAsync<SaveRefused>()).Reason);
        release.Release();
        for (var i = 1; i <= 3; i++) await _asker.ExpectMsgAsync(new Saved(Key, i));
    }

    [Theory(DisplayName = "A failed write should be SaveUnknown, and SaveStatus and a repeated save bring out the one truth")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Failed_write(bool landed)
    {
        var (actor, id) = (await StartAsync(), Guid.NewGuid());
        await WatchAsync(actor);
        var release = _journal.HoldNextWrite();
        actor.Tell(new Save(Contexts.After()), _asker);
        actor.Tell(new Save(_context, id), _asker);
        await AwaitAssertAsync(() => Assert.Equal(1, _journal.Writes));
        _journal.OnNextWrite(landed ? new JournalFault.LoseReply() : new JournalFault.Fail());
        release.Release();

        await _asker.ExpectMsgAsync(new Saved(Key, 1));
        Assert.Equal(id, (await _asker.ExpectMsgAsync<SaveUnknown>()).SaveId);
        await ExpectTerminatedAsync(actor);
        actor = await StartAsync();
        actor.Tell(new SaveStatus(Key, id), _asker);
        await _asker.ExpectMsgAsync<ICheckpointReply>(reply => Assert.Equal(landed ? new Saved(Key, 2) : new SaveNotFound(Key, id), reply));
        actor.Tell(new Save(_context, id), _asker);
        await _asker.ExpectMsgAsync(new Saved(Key, 2));
    }

    [Fact(DisplayName = "What waits behind a failing write should be refused as Failed, since it was surely not stored")]
    public async Task Waiting_behind_a_failure()
    {
        var actor = await StartAsync();
        var hold = _journal.HoldNextWrite();
        actor.Tell(new Save(_context), _asker);
        actor.Tell(new Save(_context), _asker);
        actor.Tell(new Load(Key), _asker);
        hold.FailWith(new IOException("the disk is gone"));

        Assert.Contains("IO: the disk is gone", (await _asker.ExpectMsgAsync<SaveUnknown>()).Detail);
        Assert.Equal(RefuseReason.Failed, (await _asker.ExpectMsgAsync<SaveRefused>()).Reason);
        await _asker.ExpectMsgAsync(new Unavailable(Key, "IO", "the disk is gone"));
    }

    [Fact(DisplayName = "A rejected write should be Failed and stop the actor, so that its revisions have no gaps")]
    public async Task Rejected_write()
    {
        var actor = await StartAsync();
        await WatchAsync(actor);
        _journal.OnNextWrite(new JournalFault.Reject());
        actor.Tell(new Save(_context), _asker);

        Assert.Equal(RefuseReason.Failed, (await _asker.ExpectMsgAsync<SaveRefused>()).Reason);
        await ExpectTerminatedAsync(actor);
        (await StartAsync()).Tell(new Save(_context), _asker);
        await _asker.ExpectMsgAsync(new Saved(Key, 1));
    }

    [Fact(DisplayName = "A write that the journal does not answer in time should be SaveUnknown, and the actor stop to learn the truth")]
    public async Task In_flight_timeout()
    {
        var actor = await StartAsync();
        await WatchAsync(actor);
        var release = _journal.HoldNextWrite();
        actor.Tell(new Save(_context, Guid.NewGuid()), _asker);
        await AwaitAssertAsync(() => Assert.Equal(1, _journal.Writes));

        Sys.Advance(TimeSpan.FromSeconds(30));
        await _asker.ExpectMsgAsync<SaveUnknown>();
        await ExpectTerminatedAsync(actor);
        release.Release();
    }

    [Fact(DisplayName = "CheckpointActor should tell its parent that it is ready, that it is idle, and that it cannot recover")]
    public async Task Parent()
    {
        var actor = await StartAsync();
        Sys.Advance(TimeSpan.FromMinutes(3));
        await _parent.FishForMessageAsync(message => message is CheckpointActor.Passivate);
        await StopAsync(actor);

        actor = await StartAsync();
        actor.Tell(new Save(_context), _asker);
        await _asker.ExpectMsgAsync<Saved>();
        await StopAsync(actor);
        _journal.OnNextReplay(new JournalFault.Fail(new InvalidDataException("segment 3 is damaged")));
        Start();
        var failed = (CheckpointActor.RecoveryFailed)await _parent.FishForMessageAsync(message => message is CheckpointActor.RecoveryFailed);
        Assert.Contains("segment 3", failed.Cause.Message);
    }

    [Fact(DisplayName = "CheckpointActor should answer from earlier revisions in order with what it saves, and copy without waking the other key")]
    public async Task Past()
    {
        var actor = await StartAsync();
        for (var i = 1; i <= 3; i++) actor.Tell(new Save(_context with { DocumentId = $"{i}" }), _asker);
        actor.Tell(new Load(Key, 2), _asker);
        actor.Tell(new Rewind(Key, 1), _asker);
        actor.Tell(new Save(_context with { DocumentId = "5" }, ExpectedRevision: 4), _asker);
        actor.Tell(new History(Key), _asker);

        for (var i = 1; i <= 3; i++) await _asker.ExpectMsgAsync(new Saved(Key, i));
        Assert.Equal("2", (await _asker.ExpectMsgAsync<Loaded>()).Context.DocumentId);
        await _asker.ExpectMsgAsync(new Saved(Key, 4));
        await _asker.ExpectMsgAsync(new Saved(Key, 5));
        Assert.Equal([5, 4, 3, 2, 1], (await _asker.ExpectMsgAsync<HistoryPage>()).Revisions.Select(revision => revision.Revision));

        var target = new CheckpointKey("bank", "copy");
        var copy = await StartAsync(key: target);
        copy.Tell(new Copy(Key, target, Revision: 4), _asker);
        await _asker.ExpectMsgAsync(new Saved(target, 1));
        copy.Tell(new Load(target), _asker);
        Assert.Equal("1", (await _asker.ExpectMsgAsync<Loaded>()).Context.DocumentId);
    }

    [Fact(DisplayName = "Earlier revisions that the journal cannot give should be answered, and the key go on")]
    public async Task Past_fails()
    {
        var actor = await StartAsync();
        for (var i = 1; i <= 2; i++) actor.Tell(new Save(_context), _asker);
        for (var i = 1; i <= 2; i++) await _asker.ExpectMsgAsync(new Saved(Key, i));

        _journal.OnNextReplay(new JournalFault.Fail(new IOException("the disk is gone")));
        actor.Tell(new Load(Key, 1), _asker);
        await _asker.ExpectMsgAsync(new Unavailable(Key, "IO", "the disk is gone"));
        _journal.OnNextReplay(new JournalFault.Fail(new InvalidDataException("rot")));
        actor.Tell(new Rewind(Key, 1), _asker);
        Assert.Equal(RefuseReason.Unreadable, (await _asker.ExpectMsgAsync<SaveRefused>()).Reason);
        actor.Tell(new Save(_context), _asker);
        await _asker.ExpectMsgAsync(new Saved(Key, 3));
    }

    [Fact(DisplayName = "CheckpointActor should remove old revisions by itself, and recover from what it kept")]
    public async Task Trims()
    {
        var actor = await StartAsync();
        for (var i = 1; i <= 200; i++)
        {
            actor.Tell(new Save(_context with { DocumentId = $"{i}" }), _asker);
            await _asker.ExpectMsgAsync(new Saved(Key, i));
        }

        await AwaitAssertAsync(async () =>
        {
            actor.Tell(new History(Key, Limit: 1000), _asker);
            Assert.InRange((await _asker.ExpectMsgAsync<HistoryPage>()).Revisions.Length, 10, 80);
        });
        actor.Tell(new Load(Key, 1), _asker);
        await _asker.ExpectMsgAsync(new NotFound(Key));
        await StopAsync(actor);
        (await StartAsync()).Tell(new Load(Key), _asker);
        Assert.Equal((200, "200"), await _asker.ExpectMsgAsync<Loaded>() is var loaded ? (loaded.Revision, loaded.Context.DocumentId) : default);
    }

    [Fact(DisplayName = "Prune should be answered when what it removes is gone for good, also among saves")]
    public async Task Prunes()
    {
        var policy = new RetentionPolicy(1, OnSuccess.Keep, TimeSpan.FromDays(1));
        var actor = await StartAsync(settings => settings with { Retention = settings.Retention with { Default = policy } });
        for (var i = 1; i <= 3; i++) actor.Tell(new Save(_context), _asker);
        actor.Tell(new Rewind(Key, 3), _asker);
        actor.Tell(new Prune(Key, DryRun: true), _asker);
        actor.Tell(new Prune(Key), _asker);
        actor.Tell(new Save(_context), _asker);
        actor.Tell(new History(Key), _asker);

        for (var i = 1; i <= 4; i++) await _asker.ExpectMsgAsync(new Saved(Key, i));
        await _asker.ExpectMsgAsync(new Pruned(Key, false, 4, 3));
        await _asker.ExpectMsgAsync(new Pruned(Key, false, 4, 3));
        await _asker.ExpectMsgAsync(new Saved(Key, 5));
        Assert.Equal([5, 4], (await _asker.ExpectMsgAsync<HistoryPage>()).Revisions.Select(revision => revision.Revision));
        actor.Tell(new Prune(Key), _asker);
        await _asker.ExpectMsgAsync(new Pruned(Key, false, 4, 0));
    }

    [Fact(DisplayName = "With on-success = delete a completed checkpoint should be gone after its save was acknowledged")]
    public async Task Delete_on_success()
    {
        var policy = new RetentionPolicy(10, OnSuccess.Delete, TimeSpan.FromDays(1));
        var actor = await StartAsync(settings => settings with { Retention = settings.Retention with { Default = policy } });
        actor.Tell(new Save(_context with { Status = CheckpointStatus.Completed }), _asker);
        await _asker.ExpectMsgAsync(new Saved(Key, 1));
        actor.Tell(new Load(Key), _asker);
        await _asker.ExpectMsgAsync(new NotFound(Key));
        actor.Tell(new Save(_context), _asker);
        await _asker.ExpectMsgAsync<Saved>(saved => Assert.Equal(3, saved.Revision));
    }

    [Fact(DisplayName = "Told to stop, CheckpointActor should first answer everything that it received")]
    public async Task Stop()
    {
        var actor = await StartAsync();
        await WatchAsync(actor);
        var release = _journal.HoldNextWrite();
        for (var i = 0; i < 3; i++) actor.Tell(new Save(_context), _asker);
        actor.Tell(CheckpointActor.Stop.Instance);
        actor.Tell(new Load(Key), _asker);
        release.Release();

        for (var i = 1; i <= 3; i++) await _asker.ExpectMsgAsync(new Saved(Key, i));
        await _asker.ExpectMsgAsync<Loaded>();
        await ExpectTerminatedAsync(actor);
    }

    private IActorRef Start(Func<CheckpointSettings, CheckpointSettings>? change = null, CheckpointKey? key = null)
    {
        var settings = CheckpointSettings.From(Sys.Settings.Config);
        _parent = CreateTestProbe();
        return _parent.ChildActorOf(CheckpointActor.PropsFor(key ?? Key, change?.Invoke(settings) ?? settings));
    }

    private async Task<IActorRef> StartAsync(Func<CheckpointSettings, CheckpointSettings>? change = null, CheckpointKey? key = null)
    {
        var actor = Start(change, key);
        await _parent.FishForMessageAsync(message => message is CheckpointActor.Ready);
        return actor;
    }

    private async Task StopAsync(IActorRef actor)
    {
        await WatchAsync(actor);
        Sys.Stop(actor);
        await ExpectTerminatedAsync(actor);
    }
}
