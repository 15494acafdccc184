namespace RetainActors.Storage.Tests;

public class FailureSpecs
{
    private const int Appends = 12;

    public static TheoryData<FileOperation, FileSystemError> Faults
    {
        get
        {
            var data = new TheoryData<FileOperation, FileSystemError>();
            foreach (var operation in Enum.GetValues<FileOperation>())
            {
                data.Add(operation, FileSystemError.InputOutput);
                data.Add(operation, FileSystemError.NoSpace);
            }

            return data;
        }
    }

    [Theory(DisplayName = "FileLog should name the failure of any call and recover what it acknowledged")]
    [MemberData(nameof(Faults))]
    public async Task Any_call_fails(FileOperation operation, FileSystemError error)
    {
        for (var nth = 1; ; nth++)
        {
            var fileSystem = new MemoryFileSystem();
            fileSystem.FailNth(operation, nth, error);
            var calls = 0;
            fileSystem.Before = (call, _) =>
            {
                if (call == operation) Interlocked.Increment(ref calls);
            };
            var (acknowledged, failures) = await RunAsync(fileSystem);
            if (failures == 0 && calls < nth) break;

            var crashed = fileSystem.Crash();
            fileSystem.Heal();
            await RequireAsync(fileSystem, acknowledged, $"{operation} {nth} on the running system");
            await RequireAsync(crashed, acknowledged, $"{operation} {nth} after a power cut");
        }
    }

    [Theory(DisplayName = "FileLog should be poisoned for ever by a failed sync or write")]
    [InlineData(FileOperation.Sync, FileSystemError.InputOutput)]
    [InlineData(FileOperation.Sync, FileSystemError.NoSpace)]
    [InlineData(FileOperation.Write, FileSystemError.InputOutput)]
    public async Task Poison(FileOperation operation, FileSystemError error)
    {
        var fileSystem = new MemoryFileSystem();
        using var host = LogHost.InMemory(fileSystem);
        using (var log = host.Open())
        {
            await log.Append("a", 1);
            fileSystem.FailNext(operation, error);
            var failure = await Assert.ThrowsAsync<JournalPoisonedException>(() => log.Append("a", 2));

            var changes = 0;
            fileSystem.Before = (call, _) =>
            {
                if (call is FileOperation.Write or FileOperation.Sync) Interlocked.Increment(ref changes);
            };

            Assert.Same(failure, log.Failure);
            await Assert.ThrowsAsync<JournalPoisonedException>(() => log.Append("b", 1));
            await Assert.ThrowsAsync<JournalPoisonedException>(() => log.DeleteAsync("a", 1));
            await Assert.ThrowsAsync<JournalPoisonedException>(() => log.GetHighestSequenceNumberAsync("a"));
            Assert.Throws<JournalPoisonedException>(() => log.Numbers("a"));
            // Longer than the idle time after which a working log writes a watermark.
            Assert.False(SpinWait.SpinUntil(() => Volatile.Read(ref changes) > 0, TimeSpan.FromMilliseconds(300)));
        }

        using var again = host.Open();
        Assert.False(again.Recovery.WasClean);
        Assert.Equal(1, again.Numbers("a")[0]);
    }

    [Fact(DisplayName = "FileLog should write again what it finds after a failed sync, so that it survives a power cut")]
    public async Task Never_trusts_the_page_cache()
    {
        var fileSystem = new MemoryFileSystem();
        using var host = LogHost.InMemory(fileSystem);
        using (var log = host.Open())
        {
            await log.Append("a", 1);
            fileSystem.FailNext(FileOperation.Sync, FileSystemError.InputOutput);
            await Assert.ThrowsAsync<JournalPoisonedException>(() => log.Append("a", 2));
        }

        Assert.Equal([1], NumbersAfter(fileSystem.Crash()));
        using var again = host.Open();
        Assert.Equal([1, 2], again.Numbers("a"));
        Assert.True(again.Recovery.RewrittenBytes > 0);
        Assert.Equal([1, 2], NumbersAfter(fileSystem.Crash()));
    }

    [Theory(DisplayName = "FileLog should answer JournalFull without space and go on by itself when space returns")]
    [InlineData(100)]
    [InlineData(3000)]
    public async Task Full(int payloadSize)
    {
        var fileSystem = new MemoryFileSystem();
        using var host = LogHost.InMemory(fileSystem);
        using (var log = host.Open())
        {
            await log.Append("a", 1, new string('x', payloadSize));
            fileSystem.FailNext(FileOperation.Write, FileSystemError.NoSpace, sticky: true);
            for (var attempt = 0; attempt < 3; attempt++)
                await Assert.ThrowsAsync<JournalFullException>(() => log.Append("a", 2, new string('x', payloadSize)));

            Assert.Null(log.Failure);
            Assert.Equal([1], log.Numbers("a"));
            fileSystem.Heal();
            await log.Append("a", 2, new string('x', payloadSize));
            await log.Append("a", 3);
        }

        using var again = host.Open();
        Assert.True(again.Recovery.WasClean);
        Assert.Equal([1, 2, 3], again.Numbers("a"));
    }

    [Fact(DisplayName = "FileLog should be poisoned when it cannot take a failed write back")]
    public async Task Full_and_stuck()
    {
        var fileSystem = new MemoryFileSystem();
        using var host = LogHost.InMemory(fileSystem);
        using var log = host.Open();
        await log.Append("a", 1);
        fileSystem.FailNext(FileOperation.Write, FileSystemError.NoSpace);
        fileSystem.FailNext(FileOperation.SetLength, FileSystemError.InputOutput);
        await Assert.ThrowsAsync<JournalPoisonedException>(() => log.Append("a", 2));
    }

    private static long[] NumbersAfter(MemoryFileSystem fileSystem)
    {
        using var host = LogHost.InMemory(fileSystem);
        using var log = host.Open();
        return log.Numbers("a");
    }

    /// <summary>Appends until the end, opening again after a poisoning; returns what was acknowledged.</summary>
    private static async Task<(List<long> Acknowledged, int Failures)> RunAsync(MemoryFileSystem fileSystem)
    {
        using var host = LogHost.InMemory(fileSystem);
        var acknowledged = new List<long>();
        var failures = 0;
        FileLog log;
        try
        {
            log = host.Open();
        }
        catch (StorageException)
        {
            return (acknowledged, 1);
        }

        using (log)
        {
            for (var number = 1; number <= Appends; number++)
            {
                try
                {
                    await log.Append("a", number, new string('x', 700));
                    Assert.Null(log.Failure);
                    acknowledged.Add(number);
                }
                catch (StorageException failure)
                {
                    Assert.True(failure is JournalPoisonedException or JournalFullException, failure.ToString());
                    failures++;
                }
            }
        }

        return (acknowledged, failures);
    }

    private static async Task RequireAsync(MemoryFileSystem fileSystem, List<long> acknowledged, string context)
    {
        using var host = LogHost.InMemory(fileSystem);
        using var log = host.Open();
        var found = log.Numbers("a");
        Assert.True(
            !acknowledged.Except(found).Any(),
            $"{context}: acknowledged {string.Join(' ', acknowledged)}, found {string.Join(' ', found)}");
        await log.Append("a", Appends + 1);
        Assert.Equal([.. found, Appends + 1], NumbersAfter(fileSystem.Crash()));
    }
}
