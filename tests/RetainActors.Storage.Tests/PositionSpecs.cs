namespace RetainActors.Storage.Tests;

public class PositionSpecs
{
    private const int Appends = 30;

    public static TheoryData<bool, bool> Logs => new() { { false, false }, { false, true }, { true, false }, { true, true } };

    [Theory(DisplayName = "A read by position should give every live record of all ids once, in order, from anywhere, before and after compaction")]
    [MemberData(nameof(Logs))]
    public async Task In_order(bool onDisk, bool compacted)
    {
        using var host = CreateHost(LogHost.Create(onDisk));
        string[] all;
        using (var log = host.Open())
        {
            await FillAsync(log);
            if (compacted) Assert.True((await log.CompactAsync(1)).RewrittenSegments > 2);
            all = ById(log);
            Require(log);
        }

        using (var reader = host.OpenReadOnly()) Require(reader);
        using var again = host.Open();
        Require(again);

        void Require(FileLog log)
        {
            Assert.Equal((Appends * 2) + 3, log.LastPosition);
            Assert.Equal(all, Lines(log.ReadByPosition(0, long.MaxValue)));
            for (var after = 0L; after <= log.LastPosition; after++)
            {
                var behind = all.Where(line => PositionOf(line) > after).ToArray();
                Assert.Equal(behind, Lines(log.ReadByPosition(after, long.MaxValue)));
                Assert.Equal(behind.Where(line => PositionOf(line) <= after + 9), Lines(log.ReadByPosition(after, after + 9)));
            }
        }
    }

    [Fact(DisplayName = "A read by position in a large segment should find its beginning without reading all before it")]
    public async Task Finds_its_beginning()
    {
        var memory = new MemoryFileSystem();
        using var host = CreateHost(LogHost.InMemory(memory));
        host.Settings = host.Settings with { SegmentSizeBytes = 64 << 20 };
        using var log = host.Open();
        for (var number = 1; number <= 400; number++)
            await log.AppendAsync([LogHost.Entry("a", number, new string('x', 40_000)), LogHost.Entry("b", number)]);

        var reads = 0;
        memory.Before = (operation, _) =>
        {
            if (operation == FileOperation.Read) Interlocked.Increment(ref reads);
        };
        Assert.Equal([799L, 800], log.ReadByPosition(798, long.MaxValue).Select(record => record.Position));
        memory.Before = null;
        // Windows of 256 KiB in 16 MB: all of them would be more than 60.
        Assert.True(reads < 20, $"{reads} reads");
    }

    [Fact(DisplayName = "A read by position should end at what was durable when it started, and see all that came after when started anew")]
    public async Task Ends_where_it_started()
    {
        using var host = CreateHost(LogHost.Create(onDisk: false));
        using var log = host.Open();
        Assert.Equal(0, log.LastPosition);
        Assert.Empty(log.ReadByPosition(0, long.MaxValue));
        await log.Append("a", 1);
        using var reading = log.ReadByPosition(0, long.MaxValue).GetEnumerator();
        Assert.True(reading.MoveNext());
        for (var number = 2; number <= 40; number++) await log.Append("a", number, new string('x', 500));

        Assert.False(reading.MoveNext());
        Assert.Equal(Enumerable.Range(2, 39).Select(position => (long)position), log.ReadByPosition(1, long.MaxValue).Select(record => record.Position));
        Assert.Throws<ArgumentOutOfRangeException>(() => log.ReadByPosition(-1, 1));
    }

    [Fact(DisplayName = "A read by position should neither lose nor double a record when segments are compacted at any point of it")]
    public async Task Beside_compaction()
    {
        for (var steps = 0; steps < 20; steps++)
        {
            using var host = CreateHost(LogHost.Create(onDisk: false));
            using var log = host.Open();
            await FillAsync(log);
            var all = ById(log);
            var read = new List<LogRecord>();
            foreach (var record in log.ReadByPosition(0, long.MaxValue))
            {
                read.Add(record);
                if (read.Count == steps) Assert.True((await log.CompactAsync(1)).RewrittenSegments > 2);
            }

            Assert.Equal(all, Lines(read));
        }
    }

    [Fact(DisplayName = "A read by position beside a compaction that is under way should give every record once")]
    public async Task While_records_move()
    {
        var memory = new MemoryFileSystem();
        using var host = CreateHost(LogHost.InMemory(memory));
        using var log = host.Open();
        await FillAsync(log);
        var all = ById(log);
        var reads = new List<string[]>();
        var isReading = false;
        // Every call of the compaction, also those between its publication and the end of the files it stands for.
        memory.Before = (_, _) =>
        {
            if (isReading) return;
            isReading = true;
            reads.Add(Lines(log.ReadByPosition(0, long.MaxValue)));
            isReading = false;
        };
        await log.CompactAsync(1);
        memory.Before = null;

        Assert.True(reads.Count > 20, $"{reads.Count}");
        Assert.All(reads, lines => Assert.Equal(all, lines));
    }

    [Fact(DisplayName = "A read by position should name a damaged live record and pass a damaged deleted one")]
    public async Task Damage()
    {
        using var host = CreateHost(LogHost.Create(onDisk: false));
        using (var log = host.Open()) await FillAsync(log);
        var image = LogImage.Of(host.FileSystem);
        var name = image.Segments.First();
        // In the first unit both records are deleted later, in the fourth one of them.
        var deleted = image.WithFlip(name, SegmentFormat.HeaderSize + SegmentFormat.BatchHeaderSize + 100);
        using (var again = CreateHost(LogHost.InMemory(deleted.ToFileSystem())).Open())
            Assert.Equal(ById(again), Lines(again.ReadByPosition(0, long.MaxValue)));

        var (gone, kept) = (RecordSize(300), RecordSize(400));
        var place = SegmentFormat.HeaderSize + (3 * (SegmentFormat.BatchHeaderSize + gone + kept)) + SegmentFormat.BatchHeaderSize + gone;
        using var opened = CreateHost(LogHost.InMemory(image.WithFlip(name, place + 60).ToFileSystem())).Open();
        var damage = Assert.Throws<SegmentCorruptException>(() => Lines(opened.ReadByPosition(0, long.MaxValue)));
        Assert.Equal((place, name), (damage.Offset, Path.GetFileName(damage.File)));
        Assert.Throws<SegmentCorruptException>(() => opened.Numbers("kept"));
        Assert.NotEmpty(Lines(opened.ReadByPosition(8, long.MaxValue)));
    }

    [Fact(DisplayName = "A read by position should answer Closed when the log is closed in the middle of it")]
    public async Task Closed()
    {
        using var host = CreateHost(LogHost.Create(onDisk: false));
        var log = host.Open();
        await FillAsync(log);
        using var reading = log.ReadByPosition(0, long.MaxValue).GetEnumerator();
        Assert.True(reading.MoveNext());
        log.Dispose();
        Assert.Throws<LogClosedException>(() => reading.MoveNext());
        Assert.Throws<LogClosedException>(() => log.LastPosition);
    }

    [Fact(DisplayName = "A reader beside the owner should know the last position that is proven, and read up to it")]
    public async Task Beside_the_owner()
    {
        using var host = CreateHost(LogHost.Create(onDisk: true));
        using var log = host.Open();
        for (var number = 1; number <= 3; number++) await log.Append("a", number);
        using var reader = host.OpenReadOnly();
        Assert.Equal(2, reader.LastPosition);
        Assert.Equal([1L, 2], reader.ReadByPosition(0, long.MaxValue).Select(record => record.Position));
    }

    private static LogHost CreateHost(LogHost host)
    {
        host.Settings = host.Settings with { CompactionLiveShare = 0, IdleMilliseconds = Timeout.Infinite, CompactionSliceBytes = 4096 };
        return host;
    }

    private static async Task FillAsync(FileLog log)
    {
        for (var number = 1; number <= Appends; number++)
        {
            await log.AppendAsync([
                LogHost.Entry("gone", number, new string('g', 300)),
                LogHost.Entry("kept", number, new string((char)('a' + number), 400))]);
            if (number == 8) await log.DeleteAsync("kept", 3);
            if (number == 20) await log.DeleteAsync("gone", 19);
        }

        await log.DeleteAsync("gone", Appends - 1);
    }

    private static int RecordSize(int payload) => (int)SegmentFormat.Align(SegmentFormat.RecordHeaderSize + 4 + payload);

    private static string[] ById(FileLog log) => log.Ids
        .SelectMany(id => log.Read(id, 1, long.MaxValue, long.MaxValue)).OrderBy(record => record.Position).Select(Line).ToArray();

    private static string[] Lines(IEnumerable<LogRecord> records) => records.Select(Line).ToArray();

    private static string Line(LogRecord record) =>
        $"{record.Position} {record.Id} {record.SequenceNumber} {Convert.ToHexString(record.Payload.Span)}";

    private static long PositionOf(string line) => long.Parse(line.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
}
