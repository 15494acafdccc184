namespace RetainActors.Storage.Tests;

public class SpareSpecs
{
    [Theory(DisplayName = "Files that compaction emptied should become segments again, as many as are wanted, and hold only their new records")]
    [InlineData(true, 2)]
    [InlineData(false, 2)]
    [InlineData(false, 1)]
    [InlineData(false, 0)]
    public async Task Used_again(bool onDisk, int max)
    {
        using var host = CreateHost(LogHost.Create(onDisk), max);
        string[] expected;
        using (var log = host.Open())
        {
            await FillAsync(log, 1, 20);
            await log.DeleteAsync("a", 18);
            await log.CompactAsync(1);
            var spares = SparesOf(host);
            // A file that somebody may have open cannot be used again, and not every system can tell.
            Assert.Equal(max == 0 || (onDisk && !OperatingSystem.IsLinux()) ? 0 : max, spares.Length);
            Assert.Equal(spares.Sum(name => LogImage.Of(host.FileSystem, host.Settings.Directory).Files[name].Length), log.GetStatistics().SpareBytes);

            await FillAsync(log, 21, 40);
            Assert.Empty(SparesOf(host).Intersect(spares));
            expected = log.ReadAll("a");
            Assert.Equal(22, expected.Length);
        }

        using (var again = host.Open())
        {
            Assert.True(again.Recovery.WasClean);
            Assert.Equal(expected, again.ReadAll("a"));
            Assert.Empty((await again.ScrubAsync()).Damage);
        }

        Assert.Equal(0, new LogInspector(host.Settings.Directory, host.FileSystem).Run().Findings);
    }

    [Fact(DisplayName = "A log cut off in a file used again should find its end before the bytes that were there before")]
    public async Task Cut_off()
    {
        var memory = new MemoryFileSystem();
        using var host = CreateHost(LogHost.InMemory(memory), 2);
        using var log = host.Open();
        await FillAsync(log, 1, 20);
        await log.DeleteAsync("a", 18);
        await log.CompactAsync(1);
        for (var number = 21; number <= 40; number++)
        {
            await FillAsync(log, number, number);
            foreach (var seed in new int?[] { null, number })
            {
                var image = memory.Crash(seed);
                // Its owner lives on in this process only.
                image.Delete(Path.Combine(LogImage.Directory, OwnerFile.FileName));
                var inspected = new LogInspector(LogImage.Directory, image).Run();
                Assert.Equal(0, inspected.Findings);
                using var cut = CreateHost(LogHost.InMemory(image), 2);
                using (var reader = cut.OpenReadOnly()) Assert.Equal(log.Numbers("a"), reader.Numbers("a"));
                using var opened = cut.Open();
                Assert.Equal(log.ReadAll("a"), opened.ReadAll("a"));
                await FillAsync(opened, number + 1, number + 1);
            }
        }
    }

    [Fact(DisplayName = "A cut of a used file that a failed sync lost should be made again by the next opening, or a power cut would bring back what was cut")]
    public async Task Lost_cut()
    {
        var memory = new MemoryFileSystem();
        using var host = CreateHost(LogHost.InMemory(memory), 2);
        using (var log = host.Open())
        {
            await FillAsync(log, 1, 20);
            await log.DeleteAsync("a", 18);
            await log.CompactAsync(1);
            for (var number = 21; SparesOf(host).Length == 2; number++) await FillAsync(log, number, number);
            // Closing cuts off what was in the file before, which is seen in memory from then on, and does not reach the disk.
            memory.FailNext(FileOperation.Sync, FileSystemError.InputOutput);
        }

        memory.Heal();
        string[] expected;
        using (var again = host.Open())
        {
            Assert.False(again.Recovery.WasClean);
            expected = again.ReadAll("a");
        }

        using var cut = CreateHost(LogHost.InMemory(memory.Crash()), 2);
        using var opened = cut.Open();
        Assert.True(opened.Recovery.WasClean);
        Assert.Equal(expected, opened.ReadAll("a"));
    }

    [Theory(DisplayName = "A file that a reader has open should be deleted instead of used again, so that the reader goes on seeing it")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Open_elsewhere(bool onDisk)
    {
        using var host = CreateHost(LogHost.Create(onDisk), 2);
        using var log = host.Open();
        await FillAsync(log, 1, 20);
        using var reader = host.OpenReadOnly();
        var before = reader.ReadAll("a");
        await log.DeleteAsync("a", 18);
        await log.CompactAsync(1);
        Assert.Empty(SparesOf(host));
        await FillAsync(log, 21, 40);

        Assert.Equal(before, reader.ReadAll("a"));
    }

    [Fact(DisplayName = "A spare file that somebody removed should be no failure, and those of an earlier owner that are too many or read by somebody should go")]
    public async Task Removed()
    {
        using var host = CreateHost(LogHost.Create(onDisk: false), 2);
        using (var log = host.Open())
        {
            await FillAsync(log, 1, 20);
            await log.DeleteAsync("a", 18);
            await log.CompactAsync(1);
            foreach (var name in SparesOf(host)) host.FileSystem.Delete(Path.Combine(LogImage.Directory, name));
            await FillAsync(log, 21, 60);
            await log.DeleteAsync("a", 55);
            await log.CompactAsync(1);
            Assert.Null(log.Failure);
        }

        var left = SparesOf(host);
        Assert.Equal(2, left.Length);
        host.Settings = host.Settings with { SpareSegments = 1 };
        using var reading = host.FileSystem.Open(Path.Combine(LogImage.Directory, left[0]), FileOpening.Read);
        using var again = host.Open();
        Assert.Equal([left[1]], SparesOf(host));
        Assert.Equal([56L, 57, 58, 59, 60], again.Numbers("a"));
    }

    private static LogHost CreateHost(LogHost host, int max)
    {
        host.Settings = host.Settings with
        {
            CompactionLiveShare = 0, IdleMilliseconds = Timeout.Infinite, CompactionSliceBytes = 4096, SpareSegments = max,
        };
        return host;
    }

    private static string[] SparesOf(LogHost host) =>
        host.FileSystem.ListFiles(host.Settings.Directory).Where(name => name.EndsWith(".spare", StringComparison.Ordinal)).ToArray();

    private static async Task FillAsync(FileLog log, int from, int to)
    {
        for (var number = from; number <= to; number++) await log.Append("a", number, new string((char)('a' + (number % 26)), 700));
    }
}
