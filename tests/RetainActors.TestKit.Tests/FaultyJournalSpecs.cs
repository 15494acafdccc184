using Akka.Actor;
using Akka.Actor.Setup;
using RetainActors.Checkpoints;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Testing.Tests;

/// <summary>What users of the kit see of the faulty journal, the tap and the profiles.</summary>
public sealed class FaultyJournalSpecs : IAsyncLifetime
{
    private static readonly CheckpointKey Key = new("bank", "source");

    private readonly JournalScript _script = new();
    private ActorSystem _system = null!;

    private ICheckpointClient Client => RetainCheckpoints.Get(_system).Client;

    [Fact(DisplayName = "A failed write and a lost reply should both end in one revision, since the client sends the save again")]
    public async Task Fails()
    {
        _script.OnNextWrite(new JournalFault.Fail());
        Assert.Equal(1, await Client.SaveAsync(new RetainContext(Key)));
        _script.OnNextWrite(new JournalFault.LoseReply());
        Assert.Equal(2, await Client.SaveAsync(new RetainContext(Key)));
        Assert.Equal(3, _script.Writes);
    }

    [Fact(DisplayName = "The n-th write from now should be the one that is rejected")]
    public async Task Nth()
    {
        _script.OnWrite(2, new JournalFault.Reject());
        await Client.SaveAsync(new RetainContext(Key));
        Assert.Equal(RefuseReason.Failed, (await Assert.ThrowsAsync<SaveRefusedException>(() => Client.SaveAsync(new RetainContext(Key)))).Reason);
        Assert.Equal(2, await Client.SaveAsync(new RetainContext(Key)));
    }

    [Fact(DisplayName = "A held write should wait for its release, and a failed replay be told as what it is")]
    public async Task Holds()
    {
        var hold = _script.HoldNextWrite();
        var save = Client.SaveAsync(new RetainContext(Key));
        await hold.Reached.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.False(save.IsCompleted);
        hold.Release();
        Assert.Equal(1, await save);

        _script.OnNextReplay(new JournalFault.Fail(new IOException("the disk is gone")));
        Assert.Contains("the disk is gone", (await Assert.ThrowsAsync<CheckpointUnavailableException>(() => Client.HistoryAsync(Key))).Message);
        Assert.Single((await Client.HistoryAsync(Key)).Revisions);
        Assert.Throws<ArgumentException>(() => _script.OnNextReplay(new JournalFault.Reject()));
    }

    [Fact(DisplayName = "Systems that share a script should share its events, and a journal that forgets should lose them (negative control)")]
    public async Task Shares()
    {
        await Client.SaveAsync(new RetainContext(Key) { DocumentId = "kept" });
        await RestartAsync();
        Assert.Equal("kept", (await Client.LoadAsync(Key))!.Context.DocumentId);
        _script.OnNextWrite(new JournalFault.Forget());
        await Client.SaveAsync(new RetainContext(Key) { DocumentId = "forgotten" });
        await RestartAsync();
        Assert.Equal("kept", (await Client.LoadAsync(Key))!.Context.DocumentId);
    }

    [Fact(DisplayName = "A healed script should have no faults left")]
    public async Task Heals()
    {
        _script.OnNextWrite(new JournalFault.Reject());
        _script.OnNextReplay(new JournalFault.Fail());
        _script.Heal();
        await Client.SaveAsync(new RetainContext(Key));
    }

    [Fact(DisplayName = "The tap should pass requests and answers on, and remember them in order")]
    public async Task Taps()
    {
        var tap = new CheckpointTap(_system);
        await tap.Ref.Ask<NotFound>(new Load(Key), TimeSpan.FromSeconds(20));
        await tap.Ref.Ask<Saved>(new Save(new RetainContext(Key)), TimeSpan.FromSeconds(20));
        Assert.Equal([new NotFound(Key), new Saved(Key, 1)], tap.Requests.Select(request => request.Reply));
        Assert.Equal([typeof(Load), typeof(Save)], tap.Requests.Select(request => request.Command.GetType()));
    }

    [Fact(DisplayName = "The profile in memory should be one line")]
    public async Task Profile()
    {
        var system = ActorSystem.Create("test", TestProfile.InMemory);
        Assert.Equal(1, await RetainCheckpoints.Get(system).Client.SaveAsync(new RetainContext(Key)));
        await system.Terminate();
    }

    public Task InitializeAsync()
    {
        _system = ActorSystem.Create("test", ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(TestProfile.Faulty), _script));
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _system.Terminate();

    private async Task RestartAsync()
    {
        await DisposeAsync();
        await InitializeAsync();
    }
}
