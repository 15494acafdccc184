using Akka.Actor;
using Akka.Persistence;
using RetainActors.Storage;

namespace RetainActors.Persistence.Tests.Suite;

public sealed class PosixSnapshotOrderSpecs() : SnapshotOrderSpecs(PosixFileSystem.Instance);

public sealed class MemorySnapshotOrderSpecs() : SnapshotOrderSpecs(new MemoryFileSystem());

/// <summary>What Akka.Persistence requires of a store with concurrent saves: the last one submitted is the one that counts.</summary>
public abstract class SnapshotOrderSpecs(IFileSystem fileSystem) : SnapshotTestBase(fileSystem)
{
    [Theory(DisplayName = "A snapshot store should recover the last of several saves of the same number that did not wait")]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Last_one_counts(int events)
    {
        for (var round = 0; round < 100; round++)
        {
            var id = $"{Pid}-{events}-{round}";
            var probe = CreateTestProbe();
            var actor = Sys.ActorOf(Props.Create(() => new SnapshottingActor(id, probe)));
            await probe.ExpectMsgAsync<SnapshottingActor.Recovered>();
            for (var n = 0; n < events; n++)
            {
                actor.Tell(new SnapshottingActor.Keep($"event {n}"), probe);
                await probe.ExpectMsgAsync($"event {n}");
            }
            for (var n = 1; n <= 4; n++) actor.Tell(new SnapshottingActor.Save($"state {n}"), probe);
            for (var n = 1; n <= 4; n++) await probe.ExpectMsgAsync<SaveSnapshotSuccess>();
            await probe.WatchAsync(actor);
            Sys.Stop(actor);
            await probe.ExpectTerminatedAsync(actor);

            Sys.ActorOf(Props.Create(() => new SnapshottingActor(id, probe)));

            Assert.Equal("state 4", (await probe.ExpectMsgAsync<SnapshottingActor.Recovered>()).State);
        }
    }

    [Fact(DisplayName = "A snapshot store should save two snapshots of one number and different types and answer both")]
    public async Task Different_types()
    {
        var probe = CreateTestProbe();
        var first = Metadata(4);
        var second = Metadata(4, first.Timestamp.AddTicks(1));

        Store.Tell(new SaveSnapshot(first, "text"), probe);
        Store.Tell(new SaveSnapshot(second, new byte[] { 1, 2 }), probe);

        var answers = new[] { await probe.ExpectMsgAsync<SaveSnapshotSuccess>(), await probe.ExpectMsgAsync<SaveSnapshotSuccess>() };
        Assert.Equal([first, second], answers.Select(answer => answer.Metadata).OrderBy(metadata => metadata.Timestamp));
        Assert.Equal(new byte[] { 1, 2 }, (await LoadAsync())!.Snapshot);
    }
}

/// <summary>Saves its state when told to and says what it recovered.</summary>
public sealed class SnapshottingActor : ReceivePersistentActor
{
    public SnapshottingActor(string id, IActorRef probe)
    {
        PersistenceId = id;
        var state = "";
        Recover<SnapshotOffer>(offer => state = (string)offer.Snapshot);
        Recover<string>(_ => { });
        Recover<RecoveryCompleted>(_ => probe.Tell(new Recovered(state), Self));
        Command<Keep>(keep => Persist(keep.Event, text => probe.Tell(text, Self)));
        Command<Save>(save =>
        {
            state = save.State;
            SaveSnapshot(state);
        });
        Command<SaveSnapshotSuccess>(success => probe.Tell(success, Self));
        Command<SaveSnapshotFailure>(failure => probe.Tell(failure, Self));
    }

    public sealed record Keep(string Event);

    public sealed record Save(string State);

    public sealed record Recovered(string State);

    public override string PersistenceId { get; }
}
