using Akka.Persistence;
using RetainActors.Storage;

namespace RetainActors.Persistence.Tests.Suite;

public sealed class PosixSnapshotStoreSpecs() : SnapshotStoreSpecs(PosixFileSystem.Instance);

public sealed class MemorySnapshotStoreSpecs() : SnapshotStoreSpecs(new MemoryFileSystem());

/// <summary>What Akka.Persistence requires of every snapshot store.</summary>
public abstract class SnapshotStoreSpecs(IFileSystem fileSystem)
    : SnapshotTestBase(fileSystem, "akka.persistence.publish-plugin-commands = on"), IAsyncLifetime
{
    private readonly List<SnapshotMetadata> _saved = [];

    public async Task InitializeAsync()
    {
        for (var n = 1; n <= 5; n++) _saved.Add(await SaveAsync(Metadata(10 + n), $"s-{n}"));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact(DisplayName = "A snapshot store should give none for an unknown id")]
    public async Task Unknown_id() => Assert.Null(await LoadAsync(id: "unknown-" + Pid));

    [Fact(DisplayName = "A snapshot store should give none that is newer than a time long past")]
    public async Task Too_new() =>
        Assert.Null(await LoadAsync(new SnapshotSelectionCriteria(long.MaxValue, new DateTime(100_000, DateTimeKind.Utc))));

    [Fact(DisplayName = "A snapshot store should give none above the number, by criteria or by the request")]
    public async Task Too_high()
    {
        Assert.Null(await LoadAsync(new SnapshotSelectionCriteria(7)));
        Assert.Null(await LoadAsync(to: 7));
    }

    [Fact(DisplayName = "A snapshot store should give the latest one with the exact metadata")]
    public async Task Latest()
    {
        var latest = await LoadAsync();

        Assert.Equal("s-5", latest!.Snapshot);
        Assert.Equal(_saved[4], latest.Metadata);
        Assert.Equal(_saved[4].Timestamp.Ticks, latest.Metadata.Timestamp.Ticks);
    }

    [Fact(DisplayName = "A snapshot store should honour the upper number, by criteria or by the request")]
    public async Task Upper_number()
    {
        Assert.Equal("s-3", (await LoadAsync(new SnapshotSelectionCriteria(13)))!.Snapshot);
        Assert.Equal("s-3", (await LoadAsync(to: 13))!.Snapshot);
    }

    [Fact(DisplayName = "A snapshot store should honour number and time together, the time inclusive")]
    public async Task Upper_number_and_time()
    {
        Assert.Equal(_saved[2], (await LoadAsync(new SnapshotSelectionCriteria(13, _saved[2].Timestamp)))!.Metadata);
        Assert.Equal(_saved[2], (await LoadAsync(new SnapshotSelectionCriteria(long.MaxValue, _saved[2].Timestamp), to: 13))!.Metadata);
    }

    [Fact(DisplayName = "A snapshot store should honour the lower bounds of number and time")]
    public async Task Lower_bounds()
    {
        Assert.Equal("s-3", (await LoadAsync(new SnapshotSelectionCriteria(13, DateTime.MaxValue, 13)))!.Snapshot);
        Assert.Null(await LoadAsync(new SnapshotSelectionCriteria(13, DateTime.MaxValue, 14)));
        Assert.Equal("s-5", (await LoadAsync(new SnapshotSelectionCriteria(99, DateTime.MaxValue, 0, _saved[4].Timestamp)))!.Snapshot);
        Assert.Null(await LoadAsync(new SnapshotSelectionCriteria(99, DateTime.MaxValue, 0, _saved[4].Timestamp.AddTicks(1))));

        await AskAsync(new DeleteSnapshots(Pid, new SnapshotSelectionCriteria(13, DateTime.MaxValue, 13)));

        Assert.Equal("s-2", (await LoadAsync(to: 13))!.Snapshot);
        Assert.Equal("s-5", (await LoadAsync())!.Snapshot);
    }

    [Theory(DisplayName = "A snapshot store should delete one by number, with its exact time or with any, and publish that")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Deletes_one(bool anyTime)
    {
        var metadata = anyTime ? new SnapshotMetadata(Pid, 13, DateTime.MinValue) : _saved[2];
        var published = CreateTestProbe();
        Sys.EventStream.Subscribe(published, typeof(DeleteSnapshot));

        var command = new DeleteSnapshot(metadata);
        Assert.IsType<DeleteSnapshotSuccess>(await AskAsync(command));

        Assert.Same(command, await published.ExpectMsgAsync<DeleteSnapshot>());
        Assert.Equal("s-2", (await LoadAsync(to: 13))!.Snapshot);
        Assert.Equal("s-5", (await LoadAsync())!.Snapshot);
    }

    [Fact(DisplayName = "A snapshot store should delete nothing when the time is another one")]
    public async Task Deletes_exact_time_only()
    {
        foreach (var difference in new[] { TimeSpan.FromSeconds(-2), TimeSpan.FromTicks(-1), TimeSpan.FromTicks(1) })
            Assert.IsType<DeleteSnapshotSuccess>(
                await AskAsync(new DeleteSnapshot(Metadata(13, _saved[2].Timestamp + difference))));

        Assert.Equal("s-3", (await LoadAsync(to: 13))!.Snapshot);
    }

    [Fact(DisplayName = "A snapshot store should delete a range up to number and time, both inclusive, and publish that")]
    public async Task Deletes_a_range()
    {
        var published = CreateTestProbe();
        Sys.EventStream.Subscribe(published, typeof(DeleteSnapshots));

        var command = new DeleteSnapshots(Pid, new SnapshotSelectionCriteria(13, _saved[2].Timestamp));
        Assert.IsType<DeleteSnapshotsSuccess>(await AskAsync(command));

        Assert.Same(command, await published.ExpectMsgAsync<DeleteSnapshots>());
        Assert.Null(await LoadAsync(to: 13));
        Assert.Equal("s-4", (await LoadAsync(to: 14))!.Snapshot);
    }

    [Fact(DisplayName = "A snapshot store should keep what is one tick newer than a deleted range, and answer with the criteria")]
    public async Task Deletes_a_range_below()
    {
        var criteria = new SnapshotSelectionCriteria(_saved[3].SequenceNr, _saved[3].Timestamp.AddTicks(-1));

        var answer = Assert.IsType<DeleteSnapshotsSuccess>(await AskAsync(new DeleteSnapshots(Pid, criteria)));

        Assert.Equal(criteria, answer.Criteria);
        Assert.Equal("s-4", (await LoadAsync(to: 14))!.Snapshot);
        Assert.Null(await LoadAsync(to: 13));
    }

    [Fact(DisplayName = "A snapshot store should replace a snapshot of the same number")]
    public async Task Overwrites()
    {
        var again = await SaveAsync(Metadata(15), "s-5-modified");

        var latest = await LoadAsync();
        Assert.Equal(("s-5-modified", again), (latest!.Snapshot, latest.Metadata));
        await AskAsync(new DeleteSnapshot(_saved[4]));
        Assert.Equal("s-5-modified", (await LoadAsync())!.Snapshot);
        await AskAsync(new DeleteSnapshot(again));
        Assert.Equal("s-4", (await LoadAsync())!.Snapshot);
    }

    [Fact(DisplayName = "A snapshot store should store a large snapshot")]
    public async Task Large()
    {
        var bytes = new byte[3_000_000];
        new Random(1).NextBytes(bytes);

        await SaveAsync(Metadata(100), bytes);

        Assert.Equal(bytes, (await LoadAsync())!.Snapshot);
    }

    [Fact(DisplayName = "A snapshot store should accept a delete of what is not there")]
    public async Task Deletes_nothing()
    {
        Assert.IsType<DeleteSnapshotSuccess>(await AskAsync(new DeleteSnapshot(Metadata(99))));
        Assert.IsType<DeleteSnapshotSuccess>(await AskAsync(new DeleteSnapshot(Metadata(1, id: "unknown-" + Pid))));
        Assert.IsType<DeleteSnapshotsSuccess>(
            await AskAsync(new DeleteSnapshots("unknown-" + Pid, SnapshotSelectionCriteria.Latest)));
    }

    [Theory(DisplayName = "A snapshot store should keep any id apart from every other one")]
    [InlineData("..", "../..")]
    [InlineData("a/b", "a_b")]
    [InlineData("A", "a")]
    [InlineData("ä", "a\u0308")]
    [InlineData("nul\0", "nul")]
    [InlineData("long-1", "long-2")]
    public async Task Hostile_ids(string first, string second)
    {
        var padding = first.StartsWith("long", StringComparison.Ordinal) ? new string('x', 1000) : "";
        await SaveAsync(Metadata(1, id: padding + first), "first");
        await SaveAsync(Metadata(1, id: padding + second), "second");

        Assert.Equal("first", (await LoadAsync(id: padding + first))!.Snapshot);
        await AskAsync(new DeleteSnapshots(padding + first, SnapshotSelectionCriteria.Latest));
        Assert.Equal("second", (await LoadAsync(id: padding + second))!.Snapshot);
        Assert.Null(await LoadAsync(id: padding + first));
    }
}
