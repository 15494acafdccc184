namespace RetainActors.Storage.Tests;

public class CompactionSpecs
{
    private const int Deleted = 12;
    private const int Appended = 24;

    [Theory(DisplayName = "Compaction should remove what is deleted and keep records, numbers, positions and highest numbers")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Keeps_the_log(bool onDisk)
    {
        using var host = CreateHost(LogHost.Create(onDisk));
        string[] expected;
        using (var log = host.Open())
        {
            await FillAsync(log);
            expected = Describe(log);
            var before = log.GetStatistics();
            var report = await log.CompactAsync(0.9);
            var after = log.GetStatistics();

            Assert.True(report.RewrittenSegments > 2, $"{report}");
            Assert.Equal(before.TotalBytes - after.TotalBytes, report.ReclaimedBytes);
            Assert.Equal(before.LiveBytes, after.LiveBytes);
            Assert.True(after.TotalBytes <= 2 * after.LiveBytes, $"{after}");
            Assert.True(after.Segments < before.Segments);
            Assert.Equal(expected, Describe(log));
            Assert.Equal(report, await log.CompactAsync(0.9));
            await log.Append("gone", Appended + 1);
            await Assert.ThrowsAsync<DuplicateSequenceNumberException>(() => log.Append("kept", Appended));
            await log.DeleteAsync("gone", long.MaxValue);
        }

        using var again = host.Open();
        Assert.True(again.Recovery.WasClean);
        Assert.Equal(expected.Where(line => line[0] != 'g'), Describe(again).Where(line => line[0] != 'g'));
        Assert.Equal(Appended + 1, await again.GetHighestSequenceNumberAsync("gone"));
        Assert.Contains(LogImage.Of(host.FileSystem, host.Settings.Directory).Segments, name => name.Contains(".1.", StringComparison.Ordinal));
    }

    [Theory(DisplayName = "Compaction cut off at any call, and its recovery at any call too, should leave the same log")]
    [InlineData(null)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Power_cut(int? seed)
    {
        var memory = new MemoryFileSystem();
        using var host = CreateHost(LogHost.InMemory(memory));
        var cuts = new List<MemoryFileSystem>();
        string[] expected;
        using (var log = host.Open())
        {
            await FillAsync(log);
            expected = Describe(log);
            memory.Before = (_, _) => cuts.Add(memory.Crash(seed + cuts.Count));
            await log.CompactAsync(0.9);
            memory.Before = null;
        }

        Assert.True(cuts.Count > 30);
        for (var i = 0; i < cuts.Count; i++)
        {
            var again = new List<MemoryFileSystem>();
            // The second cut is taken for some of the first ones only, to save time.
            if (i % 5 == 0) cuts[i].Before = (_, _) => again.Add(cuts[i].Crash(seed + again.Count));
            Require(cuts[i]);
            cuts[i].Before = null;
            foreach (var second in again) Require(second);
        }

        void Require(MemoryFileSystem image)
        {
            using var cut = CreateHost(LogHost.InMemory(image));
            using var log = cut.Open();
            image.Before = null;
            Assert.Equal(expected, Describe(log));
            var names = LogImage.Of(image).Segments.Select(name => name.Split('.')[0]).ToArray();
            Assert.Equal(names.Distinct(), names);
        }
    }

    [Theory(DisplayName = "Compaction should name the failure of any call, poison the log only by a sync or rename, and lose nothing")]
    [InlineData(FileOperation.Open, FileSystemError.InputOutput)]
    [InlineData(FileOperation.Open, FileSystemError.NoSpace)]
    [InlineData(FileOperation.Read, FileSystemError.InputOutput)]
    [InlineData(FileOperation.Write, FileSystemError.NoSpace)]
    [InlineData(FileOperation.Write, FileSystemError.InputOutput)]
    [InlineData(FileOperation.Sync, FileSystemError.NoSpace)]
    [InlineData(FileOperation.SyncDirectory, FileSystemError.InputOutput)]
    [InlineData(FileOperation.Rename, FileSystemError.InputOutput)]
    [InlineData(FileOperation.Delete, FileSystemError.InputOutput)]
    public async Task Any_call_fails(FileOperation operation, FileSystemError error)
    {
        for (var nth = 1; nth <= 12; nth++)
        {
            var memory = new MemoryFileSystem();
            using var host = CreateHost(LogHost.InMemory(memory));
            string[] expected;
            using (var log = host.Open())
            {
                await FillAsync(log);
                expected = Describe(log);
                memory.FailNth(operation, nth, error);
                try
                {
                    await log.CompactAsync(0.9);
                }
                catch (StorageException failure)
                {
                    var poisons = operation is FileOperation.Sync or FileOperation.SyncDirectory or FileOperation.Rename;
                    Assert.Equal(poisons, failure is JournalPoisonedException);
                    Assert.Equal(poisons, log.Failure is not null);
                    if (error == FileSystemError.NoSpace && !poisons) Assert.IsType<JournalFullException>(failure);
                    if (poisons) await Assert.ThrowsAsync<JournalPoisonedException>(() => log.Append("kept", Appended + 1));
                }

                memory.Heal();
                if (log.Failure is null) Assert.Equal(expected, Describe(log));
            }

            foreach (var image in new[] { memory.Crash(), memory })
            {
                using var again = CreateHost(LogHost.InMemory(image));
                using var log = again.Open();
                Assert.Equal(expected, Describe(log));
            }
        }
    }

    [Fact(DisplayName = "A segment with damage should never be compacted, and be reported")]
    public async Task Damage()
    {
        using var host = CreateHost(LogHost.Create(onDisk: false));
        using (var log = host.Open()) await FillAsync(log);
        var image = LogImage.Of(host.FileSystem);
        var name = image.Segments.First();
        var damaged = image.WithFlip(name, SegmentFormat.HeaderSize + SegmentFormat.BatchHeaderSize + 100);

        using var again = CreateHost(LogHost.InMemory(damaged.ToFileSystem()));
        using var opened = again.Open();
        await opened.CompactAsync(0.9);
        var damage = Assert.Single(opened.GetStatistics().Damage);
        Assert.EndsWith(name, damage.File, StringComparison.Ordinal);
        Assert.Equal(damaged.Files[name], LogImage.Of(again.FileSystem).Files[name]);
        Assert.Equal(Appended, await opened.GetHighestSequenceNumberAsync("kept"));
    }

    [Fact(DisplayName = "A scrub should find a changed bit wherever it is in a sealed segment, and report a whole log as whole")]
    public async Task Scrub()
    {
        using var host = CreateHost(LogHost.Create(onDisk: false));
        using (var log = host.Open())
        {
            await FillAsync(log);
            Assert.Empty((await log.ScrubAsync()).Damage);
        }

        var image = LogImage.Of(host.FileSystem);
        foreach (var name in image.Segments.SkipLast(1))
        {
            for (var offset = SegmentFormat.HeaderSize; offset < image.Files[name].Length; offset += 37)
            {
                using var damaged = CreateHost(LogHost.InMemory(image.WithFlip(name, offset).ToFileSystem()));
                try
                {
                    using var log = damaged.Open();
                    var damage = Assert.Single((await log.ScrubAsync()).Damage);
                    Assert.EndsWith(name, damage.File, StringComparison.Ordinal);
                    Assert.Null(log.Failure);
                }
                catch (SegmentCorruptException atOpening)
                {
                    Assert.EndsWith(name, atOpening.File, StringComparison.Ordinal);
                }
            }
        }
    }

    [Fact(DisplayName = "Reads begun before a compaction should go on, and appends should not wait for it")]
    public async Task Beside_others()
    {
        var memory = new MemoryFileSystem();
        using var host = CreateHost(LogHost.InMemory(memory));
        using var log = host.Open();
        await FillAsync(log);
        using var reading = log.Read("kept", 1, long.MaxValue, long.MaxValue).GetEnumerator();
        Assert.True(reading.MoveNext());

        using var reached = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        memory.Before = (operation, path) =>
        {
            if (operation != FileOperation.Rename || !path.EndsWith(".segment", StringComparison.Ordinal)) return;
            reached.Set();
            go.Wait();
        };
        var compaction = log.CompactAsync(0.9);
        Assert.True(reached.Wait(TimeSpan.FromSeconds(20)));
        await log.Append("kept", Appended + 1, "beside");
        await log.DeleteAsync("kept", Deleted + 1);
        memory.Before = null;
        go.Set();
        await compaction;

        var numbers = new List<long> { reading.Current.SequenceNumber };
        while (reading.MoveNext()) numbers.Add(reading.Current.SequenceNumber);
        Assert.Equal(Enumerable.Range(Deleted + 1, Appended - Deleted).Select(number => (long)number), numbers);
        Assert.Equal(Enumerable.Range(Deleted + 2, Appended - Deleted).Select(number => (long)number), log.Numbers("kept"));
    }

    [Fact(DisplayName = "A log that trims as it appends should compact by itself and stay below twice its live bytes")]
    public async Task By_itself()
    {
        using var host = LogHost.Create(onDisk: false);
        host.Settings = host.Settings with { TotalSizeWarningBytes = 8192 };
        using var log = host.Open();
        for (var number = 1; number <= 200; number++)
        {
            await log.Append("a", number, new string('x', 700));
            if (number > 40) await log.DeleteAsync("a", number - 40);
        }

        // The active segment is never compacted, and it is small beside the rest.
        Assert.True(SpinWait.SpinUntil(() => log.GetStatistics() is var now && now.TotalBytes <= 2 * now.LiveBytes, TimeSpan.FromSeconds(30)));
        Assert.True(log.GetStatistics().Compaction.RewrittenSegments > 0);
        Assert.True(log.GetStatistics().IsAboveWarning);
        Assert.Equal(40, log.Numbers("a").Length);
    }

    [Fact(DisplayName = "A log closed during a compaction should abandon it and be closed in good order")]
    public async Task Closed_meanwhile()
    {
        var memory = new MemoryFileSystem();
        using var host = CreateHost(LogHost.InMemory(memory));
        var log = host.Open();
        await FillAsync(log);
        var expected = Describe(log);
        Task? closing = null;
        memory.Before = (operation, path) =>
        {
            if (operation == FileOperation.Open && path.EndsWith(".tmp", StringComparison.Ordinal) && closing is null)
                closing = Task.Run(log.Dispose);
        };
        var compaction = log.CompactAsync(0.9);
        await ((Task)compaction).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        await closing!;
        memory.Before = null;

        Assert.True(compaction.IsCompletedSuccessfully || compaction.Exception?.InnerException is LogClosedException);
        using var again = host.Open();
        Assert.True(again.Recovery.WasClean);
        Assert.Equal(expected, Describe(again));
        Assert.DoesNotContain(LogImage.Of(memory).Files.Keys, name => name.EndsWith(".tmp", StringComparison.Ordinal));
    }

    private static LogHost CreateHost(LogHost host)
    {
        host.Settings = host.Settings with { CompactionLiveShare = 0, IdleMilliseconds = Timeout.Infinite, CompactionSliceBytes = 4096 };
        return host;
    }

    /// <summary>Half of one id and all of another are deleted; some units hold both.</summary>
    private static async Task FillAsync(FileLog log)
    {
        for (var number = 1; number <= Appended; number++)
        {
            await log.AppendAsync([
                LogHost.Entry("kept", number, new string((char)('a' + number), 400)),
                LogHost.Entry("gone", number, new string('g', 300))]);
            if (number is 4 or 9 or Deleted) await log.DeleteAsync("kept", number);
            if (number % 5 == 0) await log.DeleteAsync("gone", number);
        }

        await log.DeleteAsync("gone", long.MaxValue);
        await log.Append("idle", 3);
        await log.Append("last", 1, new string('l', 3000));
    }

    private static string[] Describe(FileLog log) => log.Ids.Order(StringComparer.Ordinal).SelectMany(id => log
        .Read(id, 1, long.MaxValue, long.MaxValue)
        .Select(record => $"{id} {record.SequenceNumber} at {record.Position} {Convert.ToHexString(record.Payload.Span)}")
        .Append($"{id} highest {log.GetHighestSequenceNumberAsync(id).GetAwaiter().GetResult()}")).ToArray();
}
