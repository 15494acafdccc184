using System.Runtime.Versioning;
using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using RetainActors.Persistence.Tests.Suite;
using RetainActors.Storage;

namespace RetainActors.Persistence.Tests;

/// <summary>What the file snapshot store promises beyond the suite.</summary>
public sealed class FileSnapshotStoreSpecs : SnapshotTestBase
{
    private readonly StallingFileSystem _files;

    public FileSnapshotStoreSpecs()
        : this(new StallingFileSystem(PosixFileSystem.Instance))
    {
    }

    private FileSnapshotStoreSpecs(StallingFileSystem files)
        : base(files, $$"""
            {{FilePersistence.SnapshotStorePath}} {
              max-snapshot-size = 8 KiB
              circuit-breaker.call-timeout = 2s
            }
            """) => _files = files;

    [Theory(DisplayName = "FileSnapshotStore should pass a damaged snapshot with one warning that names its file")]
    [InlineData("empty")]
    [InlineData("cut")]
    [InlineData("zeros")]
    [InlineData("flipped")]
    public async Task Passes_damage(string kind)
    {
        await SaveAsync(Metadata(1), "older");
        var older = FilesOfStore().Single();
        await SaveAsync(Metadata(2), "newest");
        var newest = FilesOfStore().Single(file => file != older);
        Damage(newest, kind);

        SelectedSnapshot? loaded = null;
        await EventFilter.Warning(contains: newest).ExpectOneAsync(async () => loaded = await LoadAsync());

        Assert.Equal("older", loaded!.Snapshot);
        Damage(older, kind);
        var failed = Assert.IsType<LoadSnapshotFailed>(await AskAsync(new LoadSnapshot(Pid, SnapshotSelectionCriteria.Latest, 9)));
        Assert.Contains(newest, Assert.IsType<SnapshotUnreadableException>(failed.Cause).Message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "FileSnapshotStore should delete a damaged snapshot by its number or a range of numbers, not by a time")]
    public async Task Deletes_damage()
    {
        var metadata = await SaveAsync(Metadata(1), "x");
        Damage(FilesOfStore().Single(), "cut");

        await AskAsync(new DeleteSnapshot(metadata));
        await AskAsync(new DeleteSnapshots(Pid, new SnapshotSelectionCriteria(9, metadata.Timestamp)));
        Assert.Single(FilesOfStore());
        await AskAsync(new DeleteSnapshots(Pid, new SnapshotSelectionCriteria(9)));

        Assert.Empty(FilesOfStore());
        Assert.Null(await LoadAsync());
    }

    [Fact(DisplayName = "FileSnapshotStore should not lose the good snapshot of a number when a save of it times out")]
    public async Task Timed_out_save()
    {
        var probe = CreateTestProbe();
        var actor = Sys.ActorOf(Props.Create(() => new SnapshottingActor(Pid, probe)));
        await probe.ExpectMsgAsync<SnapshottingActor.Recovered>();
        actor.Tell(new SnapshottingActor.Save("good"), probe);
        await probe.ExpectMsgAsync<SaveSnapshotSuccess>();
        _files.Stall();
        actor.Tell(new SnapshottingActor.Save("slow"), probe);
        await probe.ExpectMsgAsync<SaveSnapshotFailure>();
        Assert.Single(FilesOfStore());

        _files.Resume();

        // It takes effect although nobody waits for it any more; Akka's cleaning up behind it must not.
        await AwaitAssertAsync(async () => Assert.Equal("slow", (await LoadAsync())?.Snapshot));
        Assert.Single(FilesOfStore());
        await AskAsync(new DeleteSnapshot(new SnapshotMetadata(Pid, 0, DateTime.MinValue)));
        Assert.Null(await LoadAsync());
    }

    [Fact(DisplayName = "FileSnapshotStore should fail a save that is too large, naming the key")]
    public async Task Too_large()
    {
        var failure = Assert.IsType<SaveSnapshotFailure>(await AskAsync(new SaveSnapshot(Metadata(1), new byte[9000])));

        Assert.Contains("'max-snapshot-size'", failure.Cause.Message, StringComparison.Ordinal);
        Assert.Null(await LoadAsync());
    }

    [SkippableFact(DisplayName = "FileSnapshotStore should keep its folders and files to the owner, and refuse a folder others may write in")]
    [UnsupportedOSPlatform("windows")]
    public async Task Is_private()
    {
        Requires.Linux();
        await SaveAsync(Metadata(1), "x");
        var file = FilesOfStore().Single();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal((UnixFileMode)0b111_000_000, new DirectoryInfo(Path.GetDirectoryName(file)!).UnixFileMode);
        Assert.Equal(PersistenceHealthStatus.Healthy, (await HealthAsync(Sys)).Status);

        new DirectoryInfo(Path.Combine(Root, "snapshots")).UnixFileMode = (UnixFileMode)0b111_111_111;
        var health = await HealthAsync(Sys);

        Assert.Equal(PersistenceHealthStatus.Unhealthy, health.Status);
        Assert.Contains("written by group or others", health.Description, StringComparison.Ordinal);
        await using var service = Service.Start(ConfigFor(Root));
        var probe = CreateTestProbe();
        Akka.Persistence.Persistence.Instance.Apply(service.System).SnapshotStoreFor(null)
            .Tell(new SaveSnapshot(Metadata(2), "y"), probe);
        Assert.IsType<RootUnsafeException>((await probe.ExpectMsgAsync<SaveSnapshotFailure>()).Cause);
    }

    [Fact(DisplayName = "FileSnapshotStore should keep its snapshots over a restart of the actor system")]
    public async Task Restarts()
    {
        using var directory = new TempDirectory();
        var config = ConfigFor(directory.File("data"));
        await using (var service = Service.Start(config))
        {
            var probe = CreateTestProbe();
            var actor = service.System.ActorOf(Props.Create(() => new SnapshottingActor("a", probe)));
            await probe.ExpectMsgAsync<SnapshottingActor.Recovered>();
            actor.Tell(new SnapshottingActor.Save("state"), probe);
            await probe.ExpectMsgAsync<SaveSnapshotSuccess>();
        }

        await using var again = Service.Start(config);
        var recovering = CreateTestProbe();
        again.System.ActorOf(Props.Create(() => new SnapshottingActor("a", recovering)));

        Assert.Equal("state", (await recovering.ExpectMsgAsync<SnapshottingActor.Recovered>()).State);
    }

    [Theory(DisplayName = "FileSnapshotStore should fail every request with the key of a wrong setting")]
    [InlineData("root = \"\"", "'root'")]
    [InlineData("file-system = floppy", "'file-system'")]
    [InlineData("max-snapshot-size = 1", "'max-snapshot-size'")]
    public async Task Wrong_setting(string line, string key)
    {
        await using var service = Service.Start(ConfigurationFactory.ParseString($"{FilePersistence.SnapshotStorePath} {{ {line} }}")
            .WithFallback(ConfigFor(Root)));
        var store = Akka.Persistence.Persistence.Instance.Apply(service.System).SnapshotStoreFor(null);
        var probe = CreateTestProbe();

        store.Tell(new LoadSnapshot(Pid, SnapshotSelectionCriteria.Latest, 1), probe);
        store.Tell(new SaveSnapshot(Metadata(1), "x"), probe);

        var load = await probe.FishForMessageAsync(message => message is LoadSnapshotFailed);
        Assert.Contains(key, ((LoadSnapshotFailed)load).Cause.Message, StringComparison.Ordinal);
        Assert.Equal(PersistenceHealthStatus.Unhealthy, (await HealthAsync(service.System)).Status);
    }

    [Fact(DisplayName = "FileSnapshotStore should be unhealthy after a save that failed until one works, and keep the breaker's words")]
    public async Task Health()
    {
        var memory = new MemoryFileSystem();
        await using var service = new Disposable(ActorSystem.Create("health", SetupOf(ConfigFor("/retain"), memory)));
        var store = Akka.Persistence.Persistence.Instance.Apply(service.System).SnapshotStoreFor(null);
        var probe = CreateTestProbe();
        memory.FailNext(FileOperation.Write, FileSystemError.NoSpace);

        store.Tell(new SaveSnapshot(Metadata(1), "x"), probe);
        await probe.ExpectMsgAsync<SaveSnapshotFailure>();
        Assert.IsType<FileSystemException>((await HealthAsync(service.System)).Exception);
        store.Tell(new SaveSnapshot(Metadata(1), "x"), probe);
        await probe.ExpectMsgAsync<SaveSnapshotSuccess>();

        Assert.Equal(PersistenceHealthStatus.Healthy, (await HealthAsync(service.System)).Status);
    }

    private static void Damage(string file, string kind)
    {
        var bytes = File.ReadAllBytes(file);
        File.WriteAllBytes(file, kind switch
        {
            "empty" => [],
            "cut" => bytes[..^1],
            "zeros" => new byte[bytes.Length],
            _ => [.. bytes[..^1], (byte)(bytes[^1] ^ 1)],
        });
    }

    private static async Task<PersistenceHealthCheckResult> HealthAsync(ActorSystem system)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        return await Akka.Persistence.Persistence.Instance.Apply(system)
            .CheckSnapshotStoreHealthAsync(FilePersistence.SnapshotStorePath, timeout.Token);
    }

    private string[] FilesOfStore() =>
        Directory.GetFiles(Path.Combine(Root, "snapshots"), "*.snapshot", SearchOption.AllDirectories);

    private sealed class Disposable(ActorSystem system) : IAsyncDisposable
    {
        public ActorSystem System { get; } = system;

        public async ValueTask DisposeAsync() => await System.Terminate();
    }
}
