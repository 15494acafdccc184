namespace RetainActors.Storage.Tests;

public class AppendSpecs
{
    [Fact(DisplayName = "FileLog should share one sync among the appends that wait for it")]
    public async Task Group_commit()
    {
        var fileSystem = new MemoryFileSystem();
        using var host = LogHost.InMemory(fileSystem);
        using var log = host.Open();
        using var gate = new SyncGate(fileSystem);
        var appends = new List<Task> { log.Append("a", 1) };
        gate.WaitUntilReached();
        appends.AddRange(Enumerable.Range(0, 20).Select(number => log.Append($"id{number}", 1)));
        gate.Open();

        await Task.WhenAll(appends);
        Assert.Equal(2, gate.Syncs);
    }

    [Fact(DisplayName = "FileLog should show an append neither to readers nor in the ids before it is durable")]
    public async Task Not_visible_early()
    {
        var fileSystem = new MemoryFileSystem();
        using var host = LogHost.InMemory(fileSystem);
        using var log = host.Open();
        using var gate = new SyncGate(fileSystem);
        var append = log.Append("a", 1);
        gate.WaitUntilReached();

        Assert.Empty(log.Numbers("a"));
        Assert.Empty(log.Ids);
        Assert.False(append.IsCompleted);
        gate.Open();
        await append;
        Assert.Equal([1], log.Numbers("a"));
    }

    [Fact(DisplayName = "FileLog should answer the highest number only after appends in flight")]
    public async Task Highest_waits()
    {
        var fileSystem = new MemoryFileSystem();
        using var host = LogHost.InMemory(fileSystem);
        using var log = host.Open();
        await log.Append("a", 1);
        using var gate = new SyncGate(fileSystem);
        var append = log.Append("a", 2);
        gate.WaitUntilReached();
        var highest = log.GetHighestSequenceNumberAsync("a");

        Assert.False(highest.IsCompleted);
        Assert.Equal(0, await log.GetHighestSequenceNumberAsync("other"));
        gate.Open();
        Assert.Equal(2, await highest);
        await append;
    }

    [Fact(DisplayName = "FileLog should give a number back when its append failed")]
    public async Task Highest_after_failure()
    {
        var fileSystem = new MemoryFileSystem();
        using var host = LogHost.InMemory(fileSystem);
        using var log = host.Open();
        await log.Append("a", 1);
        fileSystem.FailNext(FileOperation.Write, FileSystemError.NoSpace);
        var append = log.Append("a", 2);

        Assert.Equal(1, await log.GetHighestSequenceNumberAsync("a"));
        await Assert.ThrowsAsync<JournalFullException>(() => append);
        await log.Append("a", 2);
        Assert.Equal([1, 2], log.Numbers("a"));
    }

    [Theory(DisplayName = "FileLog should refuse a sequence number that is not above the highest and store nothing of the unit")]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Duplicates(long number)
    {
        using var host = LogHost.Create(onDisk: false);
        using var log = host.Open();
        await log.Append("a", 2);

        var failure = await Assert.ThrowsAsync<DuplicateSequenceNumberException>(
            () => log.AppendAsync([LogHost.Entry("b", 1), LogHost.Entry("a", number)]));
        Assert.Equal(StorageFailure.DuplicateSequenceNumber, failure.Reason);
        await Assert.ThrowsAsync<DuplicateSequenceNumberException>(
            () => log.AppendAsync([LogHost.Entry("b", 5), LogHost.Entry("b", 5)]));
        Assert.Equal(["a"], log.Ids);
        await log.Append("b", 1);
    }

    [Fact(DisplayName = "FileLog should refuse a number that an append in flight uses")]
    public async Task Duplicate_in_flight()
    {
        var fileSystem = new MemoryFileSystem();
        using var host = LogHost.InMemory(fileSystem);
        using var log = host.Open();
        using var gate = new SyncGate(fileSystem);
        var append = log.Append("a", 1);
        gate.WaitUntilReached();
        await Assert.ThrowsAsync<DuplicateSequenceNumberException>(() => log.Append("a", 1));
        gate.Open();
        await append;
    }

    [Fact(DisplayName = "FileLog should answer Busy above the queue's limit and go on when there is room")]
    public async Task Busy()
    {
        var fileSystem = new MemoryFileSystem();
        using var host = LogHost.InMemory(fileSystem);
        host.Settings = host.Settings with { MaxUnitSizeBytes = 1024, MaxQueuedBytes = 1024 };
        using var log = host.Open();
        using var gate = new SyncGate(fileSystem);
        var first = log.Append("a", 1, new string('x', 700));
        gate.WaitUntilReached();

        var failure = await Assert.ThrowsAsync<BusyException>(() => log.Append("a", 2, new string('x', 700)));
        Assert.Equal(StorageFailure.Busy, failure.Reason);
        gate.Open();
        await first;
        await log.Append("a", 2, new string('x', 700));
    }

    [Fact(DisplayName = "FileLog should refuse a unit above the limit and take one that just fits, even in a smaller segment")]
    public async Task Too_large()
    {
        using var host = LogHost.Create(onDisk: false);
        host.Settings = host.Settings with { MaxUnitSizeBytes = 8192 };
        using (var log = host.Open())
        {
            await log.Append("a", 1);
            var fits = 8192 - SegmentFormat.BatchHeaderSize - SegmentFormat.RecordHeaderSize - 1;
            await log.Append("a", 2, new string('x', fits));
            await Assert.ThrowsAsync<RecordTooLargeException>(() => log.Append("a", 3, new string('x', fits + 1)));
            await log.Append("a", 3);
        }

        using var again = host.Open();
        Assert.Equal([1, 2, 3], again.Numbers("a"));
    }

    [Fact(DisplayName = "FileLog should name the argument it cannot use")]
    public async Task Arguments()
    {
        using var host = LogHost.Create(onDisk: false);
        using var log = host.Open();
        foreach (var id in new[] { "", "\ud800", new string('x', 65_536) })
        {
            Assert.Equal("unit", (await Assert.ThrowsAnyAsync<ArgumentException>(() => log.Append(id, 1))).ParamName);
            Assert.Equal("id", Assert.ThrowsAny<ArgumentException>(() => log.Read(id, 1, 1, 1)).ParamName);
        }

        await Assert.ThrowsAnyAsync<ArgumentException>(() => log.Append("a", 0));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => log.AppendAsync([]));
    }

    [Fact(DisplayName = "FileLog should name the setting it cannot use")]
    public void Settings()
    {
        using var host = LogHost.Create(onDisk: false);
        var good = host.Settings;
        foreach (var (name, bad) in new (string, FileLogSettings)[]
        {
            (nameof(good.Directory), good with { Directory = " " }),
            (nameof(good.SegmentSizeBytes), good with { SegmentSizeBytes = 4095 }),
            (nameof(good.MaxUnitSizeBytes), good with { MaxUnitSizeBytes = 0 }),
            (nameof(good.MaxBatchSizeBytes), good with { MaxBatchSizeBytes = -1 }),
            (nameof(good.MaxQueuedBytes), good with { MaxQueuedBytes = 1024 }),
        })
        {
            Assert.Equal(name, Assert.Throws<ArgumentException>(() => FileLog.Open(bad, host.FileSystem)).ParamName);
        }
    }

    [Theory(DisplayName = "FileLog should finish accepted appends when it is disposed and then answer Closed")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Dispose_drains(bool onDisk)
    {
        using var host = LogHost.Create(onDisk);
        var log = host.Open();
        var appends = Enumerable.Range(1, 50).Select(number => log.Append("a", number)).ToArray();
        log.Dispose();
        log.Dispose();

        await Task.WhenAll(appends);
        await Assert.ThrowsAsync<LogClosedException>(() => log.Append("a", 51));
        await Assert.ThrowsAsync<LogClosedException>(() => log.GetHighestSequenceNumberAsync("a"));
        Assert.Throws<LogClosedException>(() => log.Numbers("a"));
        using var again = host.Open();
        Assert.Equal(50, again.Numbers("a").Length);
    }
}
