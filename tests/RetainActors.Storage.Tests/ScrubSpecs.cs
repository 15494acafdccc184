using System.Collections.Concurrent;

namespace RetainActors.Storage.Tests;

public class ScrubSpecs
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    [Fact(DisplayName = "A log should read its sealed segments in an interval and tell once of each that it finds damaged")]
    public async Task By_itself()
    {
        using var host = CreateHost(out var time, out var memory);
        using var log = host.Open();
        await FillAsync(log);
        using var found = new BlockingCollection<SegmentCorruptException>();
        log.DamageFound += found.Add;

        Scrub(1);
        Assert.Empty(log.GetStatistics().Damage);
        Assert.Equal(time.GetUtcNow(), log.GetStatistics().Scrub.LastFinished);

        var names = LogImage.Of(memory).Segments.ToArray();
        Flip(memory, names[1]);
        Scrub(2);
        Assert.True(found.TryTake(out var damage, Patience));
        Assert.EndsWith(names[1], damage.File, StringComparison.Ordinal);
        Assert.Same(damage, Assert.Single(log.GetStatistics().Damage));

        // Found before, so not told again; the active segment is no matter of a scrub.
        Flip(memory, names[^1]);
        Scrub(3);
        Assert.Single(log.GetStatistics().Damage);
        Assert.Empty(found);
        Assert.Null(log.Failure);

        void Scrub(int nth)
        {
            Assert.True(SpinWait.SpinUntil(() => time.Waiting.SequenceEqual([Interval]), Patience));
            time.Advance(Interval);
            Assert.True(SpinWait.SpinUntil(() => Hurry(time, log).GetStatistics().Scrub.Scrubs == nth, Patience));
        }
    }

    [Fact(DisplayName = "A scrub in the background should read no faster than it may, and appends and requests should not wait for it")]
    public async Task Paced()
    {
        using var host = CreateHost(out var time, out var memory);
        using var log = host.Open();
        await FillAsync(log);
        var segments = log.GetStatistics().Segments;
        var (reads, bytes) = (new ConcurrentQueue<string>(), 4096.0 / host.Settings.ScrubBytesPerSecond);
        memory.Before = (operation, path) =>
        {
            if (operation == FileOperation.Read && Thread.CurrentThread.Name == "retain-maintenance") reads.Enqueue(path);
        };
        time.Advance(Interval);
        for (var segment = 1; segment < segments; segment++)
        {
            // It has read one more segment and waits for its time to pass.
            Assert.True(SpinWait.SpinUntil(() => time.Waiting.Length == 1, Patience));
            Assert.Equal(segment, reads.Count);
            Assert.InRange(time.Waiting[0].TotalSeconds, bytes / 2, bytes * 1.1);
            await log.Append("beside", segment);
            time.Advance(time.Waiting[0] - TimeSpan.FromTicks(1));
            Assert.Equal(segment, reads.Count);
            time.Advance(TimeSpan.FromTicks(1));
        }

        Assert.True(SpinWait.SpinUntil(() => time.Waiting.SequenceEqual([Interval]), Patience));
        Assert.Equal(1, log.GetStatistics().Scrub.Scrubs);
        time.Advance(Interval);
        Assert.True(SpinWait.SpinUntil(() => time.Waiting.Length == 1 && time.Waiting[0] < Interval, Patience));
        Assert.Empty((await log.ScrubAsync()).Damage);
        Assert.True(log.GetStatistics().Scrub.Scrubs >= 2);
    }

    [Fact(DisplayName = "A log should close in the middle of a scrub without waiting for its time to pass")]
    public async Task Closes()
    {
        using var host = CreateHost(out var time, out _);
        var log = host.Open();
        await FillAsync(log);
        time.Advance(Interval);
        Assert.True(SpinWait.SpinUntil(() => time.Waiting.Length == 1 && time.Waiting[0] < Interval, Patience));

        var closing = Task.Run(log.Dispose);
        Assert.Same(closing, await Task.WhenAny(closing, Task.Delay(Patience)));
        Assert.Empty(time.Waiting);
        using var again = host.Open();
        Assert.True(again.Recovery.WasClean);
    }

    [Fact(DisplayName = "A log should not scrub by itself when it is told not to, nor when it only reads")]
    public async Task Off()
    {
        using var host = CreateHost(out var time, out _);
        host.Settings = host.Settings with { ScrubInterval = TimeSpan.Zero };
        using (var log = host.Open())
        {
            await FillAsync(log);
            Assert.Empty(time.Waiting);
            Assert.Equal(1, (await log.ScrubAsync()).Scrub.Scrubs);
        }

        host.Settings = host.Settings with { ScrubInterval = Interval };
        using var reader = host.OpenReadOnly();
        Assert.Empty(time.Waiting);
        Assert.Equal(new ScrubReport(0, null), reader.GetStatistics().Scrub);
    }

    [Fact(DisplayName = "A log whose listener for damage throws should say so instead of going on unheard")]
    public async Task Throwing_listener()
    {
        using var host = CreateHost(out _, out var memory);
        using var log = host.Open();
        await FillAsync(log);
        log.DamageFound += _ => throw new InvalidOperationException("the listener's own bug");
        Flip(memory, LogImage.Of(memory).Segments.First());
        var failure = await Assert.ThrowsAsync<JournalPoisonedException>(log.ScrubAsync);
        Assert.Contains("the listener's own bug", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>Lets a scrub that waits go on at once.</summary>
    private static FileLog Hurry(ManualTime time, FileLog log)
    {
        if (time.Waiting is [var wait] && wait < Interval) time.Advance(wait);
        return log;
    }

    private static LogHost CreateHost(out ManualTime time, out MemoryFileSystem memory)
    {
        (time, memory) = (new ManualTime(), new MemoryFileSystem());
        var host = LogHost.InMemory(memory);
        host.Settings = host.Settings with
        {
            CompactionLiveShare = 0, IdleMilliseconds = Timeout.Infinite, TimeProvider = time, ScrubInterval = Interval,
            ScrubBytesPerSecond = 4096,
        };
        return host;
    }

    private static async Task FillAsync(FileLog log)
    {
        for (var number = 1; number <= 12; number++) await log.Append("a", number, new string((char)('a' + number), 850));
    }

    private static void Flip(MemoryFileSystem memory, string name)
    {
        using var file = memory.Open(Path.Combine(LogImage.Directory, name), FileOpening.ReadWrite);
        var bytes = new byte[1];
        file.Read(SegmentFormat.HeaderSize + 100, bytes);
        file.Write(SegmentFormat.HeaderSize + 100, [(byte)(bytes[0] ^ 1)]);
    }
}
