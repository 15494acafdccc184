using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Persistence;
using Akka.TestKit.Xunit2;
using RetainActors.Storage;

namespace RetainActors.Persistence.Tests;

/// <summary>Speaks the protocol of a snapshot store the way a persistent actor does.</summary>
public abstract class SnapshotTestBase : TestKit
{
    private readonly TempDirectory _directory;

    protected SnapshotTestBase(IFileSystem fileSystem, string extra = "")
        : this(new TempDirectory(), fileSystem, extra)
    {
    }

    private SnapshotTestBase(TempDirectory directory, IFileSystem fileSystem, string extra)
        : base(SetupOf(ConfigFor(directory.Path, extra), fileSystem)) => _directory = directory;

    protected string Pid { get; } = "p-" + Guid.NewGuid().ToString("N");

    protected string Root => _directory.Path;

    protected IActorRef Store => Akka.Persistence.Persistence.Instance.Apply(Sys).SnapshotStoreFor(null);

    protected static Config ConfigFor(string root, string extra = "") => ConfigurationFactory.ParseString($$"""
        akka.test.single-expect-default = 20 s
        {{extra}}
        akka.loglevel = WARNING
        akka.log-dead-letters-during-shutdown = off
        akka.persistence.journal.plugin = "{{FilePersistence.MemoryJournalPath}}"
        akka.persistence.snapshot-store.plugin = "{{FilePersistence.SnapshotStorePath}}"
        {{FilePersistence.SnapshotStorePath}}.root = "{{root}}"
        """).WithFallback(FilePersistence.DefaultConfig);

    protected static ActorSystemSetup SetupOf(Config config, IFileSystem fileSystem) => ActorSystemSetup.Create(
        BootstrapSetup.Create().WithConfig(config),
        FileJournalSetup.Empty.WithFileSystem(FilePersistence.SnapshotStorePath, fileSystem));

    protected SnapshotMetadata Metadata(long sequenceNr, DateTime? timestamp = null, string? id = null) =>
        new(id ?? Pid, sequenceNr, timestamp ?? DateTime.UtcNow);

    protected async Task<object> AskAsync(object request)
    {
        var probe = CreateTestProbe();
        Store.Tell(request, probe);
        return await probe.ExpectMsgAsync<object>(TimeSpan.FromSeconds(10));
    }

    protected async Task<SnapshotMetadata> SaveAsync(SnapshotMetadata metadata, object snapshot)
    {
        var saved = Assert.IsType<SaveSnapshotSuccess>(await AskAsync(new SaveSnapshot(metadata, snapshot)));
        Assert.Equal(metadata, saved.Metadata);
        return saved.Metadata;
    }

    protected async Task<SelectedSnapshot?> LoadAsync(SnapshotSelectionCriteria? criteria = null, long to = long.MaxValue, string? id = null)
    {
        var answer = await AskAsync(new LoadSnapshot(id ?? Pid, criteria ?? SnapshotSelectionCriteria.Latest, to));
        var result = Assert.IsType<LoadSnapshotResult>(answer);
        Assert.Equal(to, result.ToSequenceNr);
        return result.Snapshot;
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _directory.Dispose();
    }
}
