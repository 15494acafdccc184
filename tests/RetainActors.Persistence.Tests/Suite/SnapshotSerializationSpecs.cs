using Akka.Actor;
using Akka.Persistence;
using Akka.Persistence.Fsm;
using RetainActors.Storage;

namespace RetainActors.Persistence.Tests.Suite;

public sealed class PosixSnapshotSerializationSpecs() : SnapshotSerializationSpecs(PosixFileSystem.Instance);

public sealed class MemorySnapshotSerializationSpecs() : SnapshotSerializationSpecs(new MemoryFileSystem());

/// <summary>What Akka.Persistence requires of every snapshot store: what comes back is what the serializer made of the bytes.</summary>
public abstract class SnapshotSerializationSpecs(IFileSystem fileSystem) : SnapshotTestBase(fileSystem, TestSerializers.Config)
{
    [Fact(DisplayName = "A snapshot store should serialize actor references with transport information")]
    public async Task Actor_reference()
    {
        var probe = CreateTestProbe();

        await SaveAsync(Metadata(1), new ReferencingEvent(probe));

        Assert.Equal(new ReferencingEvent(probe), (await LoadAsync())!.Snapshot);
    }

    [Fact(DisplayName = "A snapshot store should bring a snapshot back through a serializer with a type manifest")]
    public async Task Type_manifest()
    {
        await SaveAsync(Metadata(1), new TypedEvent("x"));

        Assert.Equal(new TypedEvent("x, read by TypedSerializer"), (await LoadAsync())!.Snapshot);
    }

    [Fact(DisplayName = "A snapshot store should bring a snapshot back through a serializer with a string manifest")]
    public async Task String_manifest()
    {
        await SaveAsync(Metadata(1), new NamedEvent("x"));

        Assert.Equal(new NamedEvent("x, read as NamedEvent-V2"), (await LoadAsync())!.Snapshot);
    }

    [Theory(DisplayName = "A snapshot store should bring the deliveries of at-least-once back")]
    [InlineData(0)]
    [InlineData(3)]
    public async Task Deliveries(int count)
    {
        var unconfirmed = Enumerable.Range(1, count)
            .Select(n => new UnconfirmedDelivery(n, ActorPath.Parse($"akka://system/user/destination-{n}"), $"message {n}")).ToArray();

        await SaveAsync(Metadata(1), new AtLeastOnceDeliverySnapshot(17, unconfirmed));

        var loaded = Assert.IsType<AtLeastOnceDeliverySnapshot>((await LoadAsync())!.Snapshot);
        Assert.Equal(17, loaded.CurrentDeliveryId);
        Assert.Equal(
            unconfirmed.Select(d => (d.DeliveryId, d.Destination.ToString(), d.Message)),
            loaded.UnconfirmedDeliveries.Select(d => (d.DeliveryId, d.Destination.ToString(), d.Message)));
    }

    [Fact(DisplayName = "A snapshot store should bring the state of a persistent state machine back")]
    public async Task State_machine()
    {
        await SaveAsync(Metadata(1), new PersistentFSM.PersistentFSMSnapshot<string>("init", "data", TimeSpan.FromSeconds(342)));

        var loaded = Assert.IsType<PersistentFSM.PersistentFSMSnapshot<string>>((await LoadAsync())!.Snapshot);
        Assert.Equal(("init", "data", TimeSpan.FromSeconds(342)), (loaded.StateIdentifier, loaded.Data, loaded.Timeout));
    }

    [Fact(DisplayName = "A snapshot store should fail a save that cannot be serialized, and one of nothing, and keep the one before")]
    public async Task Cannot_be_written()
    {
        await SaveAsync(Metadata(1), "good");

        foreach (var snapshot in new object?[] { new UnserializableEvent(), null })
            Assert.IsType<SaveSnapshotFailure>(await AskAsync(new SaveSnapshot(Metadata(1), snapshot!)));

        Assert.Equal("good", (await LoadAsync())!.Snapshot);
    }

    [Fact(DisplayName = "A snapshot store should fail to load, naming the id, when the serializer of a valid snapshot fails")]
    public async Task Cannot_be_read()
    {
        await SaveAsync(Metadata(1), "older");
        await SaveAsync(Metadata(2), new UnreadableEvent());

        var failed = Assert.IsType<LoadSnapshotFailed>(await AskAsync(new LoadSnapshot(Pid, SnapshotSelectionCriteria.Latest, 9)));

        var cause = Assert.IsType<SnapshotUnreadableException>(failed.Cause);
        Assert.Equal(Pid, cause.PersistenceId);
        Assert.Contains("serializer 9903", cause.Message, StringComparison.Ordinal);
    }
}
