using Akka.Hosting;
using Akka.Persistence.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RetainActors.Persistence;
using RetainActors.Storage;

namespace RetainActors.Hosting.Tests;

public sealed class HealthSpecs : IDisposable
{
    private const string JournalProbe = FilePersistence.JournalPath + ".connectivity";
    private const string SnapshotProbe = FilePersistence.SnapshotStorePath + ".connectivity";

    private readonly TempDirectory _directory = new();

    private string Root => _directory.File("root");

    public void Dispose() => _directory.Dispose();

    [Fact(DisplayName = "All checks should be healthy on a sound root, leave no file behind, and carry their tags")]
    public async Task Healthy()
    {
        await using var hosted = await StartAsync(PosixFileSystem.Instance);

        foreach (var name in new[] { FilePersistence.JournalPath, FilePersistence.SnapshotStorePath, JournalProbe, SnapshotProbe })
        {
            var entry = await hosted.CheckAsync(name);
            Assert.True(entry.Status == HealthStatus.Healthy, $"{name}: {entry.Status} {entry.Description} {entry.Exception}");
        }

        var probe = await hosted.CheckAsync(JournalProbe);
        Assert.True((long)probe.Data["free-bytes"] > 0);
        Assert.Equal(["akka", "connectivity", "journal", "persistence", "readiness"], probe.Tags.Order());
        Assert.Contains("snapshot-store", (await hosted.CheckAsync(SnapshotProbe)).Tags);
        Assert.DoesNotContain(Directory.GetFiles(Root, "*", SearchOption.AllDirectories), file => file.EndsWith(".probe", StringComparison.Ordinal));
    }

    [Theory(DisplayName = "The connectivity check should name a disk that fails one of its calls, and be healthy when it works again")]
    [InlineData(FileOperation.Write, FileSystemError.NoSpace, "Free space")]
    [InlineData(FileOperation.Sync, FileSystemError.InputOutput, "Sync of ")]
    [InlineData(FileOperation.Delete, FileSystemError.InputOutput, "Delete of ")]
    public async Task Failing_disk(FileOperation operation, FileSystemError error, string expected)
    {
        var memory = new MemoryFileSystem();
        await using var hosted = await StartAsync(memory);
        Assert.Equal(HealthStatus.Healthy, (await hosted.CheckAsync(SnapshotProbe)).Status);
        memory.FailNext(operation, error, sticky: true);

        var failed = await hosted.CheckAsync(SnapshotProbe);

        Assert.Equal(HealthStatus.Unhealthy, failed.Status);
        Assert.Contains(expected, failed.Description, StringComparison.Ordinal);
        Assert.IsAssignableFrom<StorageException>(failed.Exception);
        memory.Heal();
        Assert.Equal(HealthStatus.Healthy, (await hosted.CheckAsync(SnapshotProbe)).Status);
    }

    [Fact(DisplayName = "The connectivity check should be degraded when little space is left")]
    public async Task Little_space()
    {
        await using var hosted = await StartAsync(PosixFileSystem.Instance, minFreeBytes: long.MaxValue);

        var entry = await hosted.CheckAsync(JournalProbe);

        Assert.Equal(HealthStatus.Degraded, entry.Status);
        Assert.Contains($"free for {Root}", entry.Description, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "The connectivity check should be healthy before anything was stored, also below directories that are missing")]
    public async Task Nothing_stored()
    {
        var root = _directory.File("not", "made", "yet");
        await using var hosted = await HostedSystem.StartAsync(builder => builder.WithRetainFilePersistence(
            options => (options.Root, options.Mode) = (root, PersistenceMode.SnapshotStore),
            snapshots: snapshots => snapshots.WithConnectivityCheck(minFreeBytes: 0)));

        var entry = await hosted.CheckAsync(SnapshotProbe);

        Assert.True(entry.Status == HealthStatus.Healthy, $"{entry.Status} {entry.Description}");
        Assert.Empty(Directory.GetFiles(root));
    }

    [Fact(DisplayName = "The connectivity check of a read-only journal should write nothing")]
    public async Task Read_only()
    {
        using var owner = FileLog.Open(new FileLogSettings { Directory = Path.Combine(Root, "journal") }, PosixFileSystem.Instance);
        await using var hosted = await HostedSystem.StartAsync(builder => builder.WithRetainFilePersistence(
            options => (options.Root, options.Mode, options.Journal.ReadOnly) = (Root, PersistenceMode.Journal, true),
            journal => journal.WithConnectivityCheck(minFreeBytes: 0)));
        var before = Directory.GetLastWriteTimeUtc(Root);

        var entry = await hosted.CheckAsync(JournalProbe);

        Assert.True(entry.Status == HealthStatus.Healthy, $"{entry.Status} {entry.Description}");
        Assert.Equal(before, Directory.GetLastWriteTimeUtc(Root));
    }

    [Fact(DisplayName = "The connectivity check should give up in time on a disk that does not answer, and say so of the next try too")]
    public async Task Hanging_disk()
    {
        using var disk = new HangingFileSystem(new MemoryFileSystem());
        await using var hosted = await StartAsync(disk, timeout: TimeSpan.FromSeconds(2));
        Assert.Equal(HealthStatus.Healthy, (await hosted.CheckAsync(SnapshotProbe)).Status);
        disk.Hang();

        var first = await hosted.CheckAsync(SnapshotProbe);
        var second = await hosted.CheckAsync(SnapshotProbe);
        disk.GoOn();

        Assert.Equal((HealthStatus.Unhealthy, HealthStatus.Unhealthy), (first.Status, second.Status));
        Assert.Contains("has not answered", second.Description, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "The checks of a journal whose root is in use should name the owner")]
    public async Task Root_in_use()
    {
        using var owner = FileLog.Open(new FileLogSettings { Directory = Path.Combine(Root, "journal") }, PosixFileSystem.Instance);
        await using var hosted = await StartAsync(PosixFileSystem.Instance);

        foreach (var name in new[] { FilePersistence.JournalPath, JournalProbe })
        {
            var entry = await hosted.CheckAsync(name);
            Assert.Equal(HealthStatus.Unhealthy, entry.Status);
            Assert.Contains($"process {Environment.ProcessId} ", entry.Description, StringComparison.Ordinal);
        }
    }

    private async Task<HostedSystem> StartAsync(IFileSystem fileSystem, long minFreeBytes = 0, TimeSpan? timeout = null)
    {
        var setup = FileJournalSetup.Empty.WithFileSystem(FilePersistence.JournalPath, fileSystem)
            .WithFileSystem(FilePersistence.SnapshotStorePath, fileSystem);
        var hosted = await HostedSystem.StartAsync(builder => builder
            .AddSetup(setup)
            .WithRetainFilePersistence(
                options => options.Root = Root,
                journal => journal.WithHealthCheck().WithConnectivityCheck(timeout: timeout, minFreeBytes: minFreeBytes),
                snapshots => snapshots.WithHealthCheck().WithConnectivityCheck(timeout: timeout, minFreeBytes: minFreeBytes)));
        try
        {
            await hosted.KeepAsync(FilePersistence.JournalPath);
        }
        catch (RootInUseException)
        {
            // The subject of one test.
        }

        return hosted;
    }
}
