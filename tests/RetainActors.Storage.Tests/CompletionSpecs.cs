using System.Collections.Concurrent;

namespace RetainActors.Storage.Tests;

public class CompletionSpecs
{
    private const int Appends = 20;

    [Fact(DisplayName = "An append should be told on the commit thread, after its sync, visible to readers, in order of acceptance, once")]
    public async Task In_order()
    {
        var memory = new MemoryFileSystem();
        using var host = CreateHost(memory);
        using var log = host.Open();
        using var gate = new SyncGate(memory);
        var told = new Told(log, () => log.LastPosition);
        told.Append("a", 1);
        gate.WaitUntilReached();
        for (var number = 2; number <= Appends; number++) told.Append("a", number);
        Assert.Empty(told.All);

        gate.Open();
        Assert.Equal(Appends, await log.GetHighestSequenceNumberAsync("a"));
        Assert.Equal(Enumerable.Range(1, Appends).Select(number => $"a#{number} stored, {Seen(number)} to be seen"), told.All);
        Assert.All(told.Threads, name => Assert.Equal("retain-commit", name));

        // The first is alone under its sync, all others share the next one, and a batch becomes visible as a whole.
        static int Seen(int number) => number == 1 ? 1 : Appends;
    }

    [Fact(DisplayName = "Appends of many threads should each be told once, those of a thread in its order")]
    public async Task Many_threads()
    {
        using var host = CreateHost(new MemoryFileSystem());
        var told = new ConcurrentQueue<(string Id, int Number)>();
        using (var log = host.Open())
        {
            await Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
            {
                for (var number = 1; number <= 200; number++)
                {
                    var (id, own) = ($"t{thread}", number);
                    log.Append([LogHost.Entry(id, own)], failure =>
                    {
                        if (failure is null) told.Enqueue((id, own));
                    });
                }
            })));
        }

        Assert.Equal(800, told.Count);
        foreach (var id in told.GroupBy(pair => pair.Id)) Assert.Equal(Enumerable.Range(1, 200), id.Select(pair => pair.Number));
    }

    [Fact(DisplayName = "An append that is refused at once should be told before the call returns, by the caller's thread, once")]
    public void Refused()
    {
        var memory = new MemoryFileSystem();
        using var host = CreateHost(memory);
        host.Settings = host.Settings with { MaxUnitSizeBytes = 1024, MaxQueuedBytes = 1024 };
        var log = host.Open();
        using (var gate = new SyncGate(memory))
        {
            log.Append([LogHost.Entry("a", 1, new string('x', 700))], _ => { });
            gate.WaitUntilReached();
            Assert.Equal(StorageFailure.Busy, Refusal(log, LogHost.Entry("a", 2, new string('x', 700))));
            Assert.Equal(StorageFailure.RecordTooLarge, Refusal(log, LogHost.Entry("a", 2, new string('x', 2000))));
            Assert.Equal(StorageFailure.DuplicateSequenceNumber, Refusal(log, LogHost.Entry("a", 1)));
        }

        log.Dispose();
        Assert.Equal(StorageFailure.Closed, Refusal(log, LogHost.Entry("a", 2)));
        using var reader = host.OpenReadOnly();
        Assert.Equal(StorageFailure.ReadOnly, Refusal(reader, LogHost.Entry("a", 2)));
        Assert.Throws<ArgumentException>(() => reader.Append([], _ => Assert.Fail("told of what was no unit")));
    }

    [Theory(DisplayName = "An append that fails, and all accepted behind it, should be told the failure in order, once")]
    [InlineData(FileOperation.Write, FileSystemError.NoSpace, StorageFailure.JournalFull)]
    [InlineData(FileOperation.Sync, FileSystemError.InputOutput, StorageFailure.JournalPoisoned)]
    public async Task Failed(FileOperation operation, FileSystemError error, StorageFailure expected)
    {
        var memory = new MemoryFileSystem();
        using var host = CreateHost(memory);
        using var log = host.Open();
        var told = new Told(log);
        using (var gate = new SyncGate(memory))
        {
            told.Append("a", 1);
            gate.WaitUntilReached();
            for (var number = 2; number <= Appends; number++) told.Append("a", number);
            // The call that is held is over for the plan of faults only when it goes on: the next one is that of the second batch.
            memory.FailNth(operation, operation == FileOperation.Sync ? 2 : 1, error);
        }

        Assert.Equal(expected == StorageFailure.JournalFull ? 1L : -1, await HighestAsync(log));
        Assert.Equal(
            Enumerable.Range(2, Appends - 1).Select(number => $"a#{number} {expected}").Prepend("a#1 stored"), told.All);
        if (expected == StorageFailure.JournalFull) return;
        Assert.Equal(StorageFailure.JournalPoisoned, Refusal(log, LogHost.Entry("b", 1)));

        static async Task<long> HighestAsync(FileLog log)
        {
            try
            {
                return await log.GetHighestSequenceNumberAsync("a");
            }
            catch (JournalPoisonedException)
            {
                return -1;
            }
        }
    }

    [Fact(DisplayName = "A log poisoned by its maintenance should tell what waits by the commit thread, behind what is under way, once")]
    public async Task Poisoned_from_outside()
    {
        var memory = new MemoryFileSystem();
        using var host = CreateHost(memory);
        using var log = host.Open();
        for (var number = 1; number <= 12; number++) await log.Append("old", number, new string('x', 900));
        await log.DeleteAsync("old", 11);

        var told = new Told(log);
        memory.FailNext(FileOperation.Rename, FileSystemError.InputOutput);
        using (var gate = new SyncGate(memory, "retain-commit"))
        {
            told.Append("a", 1);
            gate.WaitUntilReached();
            for (var number = 2; number <= Appends; number++) told.Append("a", number);
            await Assert.ThrowsAsync<JournalPoisonedException>(() => log.CompactAsync(1));
            // Nobody overtakes the append that is under way.
            Assert.Empty(told.All);
        }

        log.Dispose();
        Assert.Equal(Enumerable.Range(1, Appends).Select(number => $"a#{number} {StorageFailure.JournalPoisoned}"), told.All);
        Assert.All(told.Threads, name => Assert.Equal("retain-commit", name));
    }

    [Fact(DisplayName = "A completion that throws should leave no other append untold and poison the log by name")]
    public void Throws()
    {
        var memory = new MemoryFileSystem();
        using var host = CreateHost(memory);
        var log = host.Open();
        var told = new Told(log);
        using (var gate = new SyncGate(memory))
        {
            told.Append("a", 1);
            gate.WaitUntilReached();
            log.Append([LogHost.Entry("b", 1)], _ => throw new InvalidOperationException("the caller's own bug"));
            told.Append("a", 2);
        }

        log.Dispose();
        Assert.Equal(2, told.All.Count);
        Assert.Contains("the caller's own bug", log.Failure!.Message, StringComparison.Ordinal);
        using var again = host.Open();
        Assert.Equal([1, 2], again.Numbers("a"));
        Assert.Equal([1], again.Numbers("b"));
    }

    [Fact(DisplayName = "A completion may append, and closing tells everything that was accepted")]
    public void Appends_again()
    {
        using var host = CreateHost(new MemoryFileSystem());
        var log = host.Open();
        using var done = new ManualResetEventSlim();
        Next(1);
        Assert.True(done.Wait(TimeSpan.FromSeconds(20)));
        log.Dispose();
        using var again = host.Open();
        Assert.Equal(Appends, again.Numbers("a").Length);

        void Next(int number) => log.Append([LogHost.Entry("a", number)], failure =>
        {
            if (failure is null && number < Appends) Next(number + 1);
            else done.Set();
        });
    }

    private static LogHost CreateHost(MemoryFileSystem memory)
    {
        var host = LogHost.InMemory(memory);
        host.Settings = host.Settings with { CompactionLiveShare = 0, IdleMilliseconds = Timeout.Infinite };
        return host;
    }

    private static StorageFailure Refusal(FileLog log, LogEntry entry)
    {
        var told = new List<(StorageFailure? Failure, Thread Thread)>();
        log.Append([entry], failure => told.Add((failure?.Reason, Thread.CurrentThread)));
        var (refusal, thread) = Assert.Single(told);
        Assert.Same(Thread.CurrentThread, thread);
        return refusal!.Value;
    }

    /// <summary>What appends were told, in order.</summary>
    private sealed class Told(FileLog log, Func<long>? look = null)
    {
        internal List<string> All { get; } = [];

        internal List<string?> Threads { get; } = [];

        internal void Append(string id, int number) => log.Append([LogHost.Entry(id, number)], failure =>
        {
            var seen = look is null ? "" : $", {look()} to be seen";
            lock (All)
            {
                All.Add($"{id}#{number} {failure?.Reason.ToString() ?? "stored"}{seen}");
                Threads.Add(Thread.CurrentThread.Name);
            }
        });
    }
}
