namespace RetainActors.Storage.Tests;

public class IndexSpecs
{
    [Fact(DisplayName = "FileLog should end every sealed segment in an index of its records, and open by it")]
    public async Task Opens_by_index()
    {
        var image = await CreateAsync();
        foreach (var name in image.Segments.SkipLast(1)) Assert.True(IndexOf(image, name).Start > SegmentFormat.HeaderSize);

        // Every payload byte of the sealed segments is wrong, and the log opens all the same: nothing of them was read.
        var damaged = image;
        foreach (var name in image.Segments.SkipLast(1))
        {
            var bytes = (byte[])image.Files[name].Clone();
            bytes.AsSpan(SegmentFormat.HeaderSize, (int)IndexOf(image, name).Start - SegmentFormat.HeaderSize).Fill(0xEE);
            damaged = damaged.With(name, bytes);
        }

        using var host = LogHost.InMemory(damaged.ToFileSystem());
        using var log = host.Open();
        Assert.Equal(["a", "b", "c"], log.Ids.Order());
        Assert.Equal(21, await log.GetHighestSequenceNumberAsync("a"));
        Assert.Equal(17, log.Recovery.Records);
    }

    [Fact(DisplayName = "Damage inside a sealed segment should fail only the ids in it, with SegmentCorrupt at the record")]
    public async Task Contained_damage()
    {
        var image = await CreateAsync();
        var first = image.Segments.First();
        var (entries, _) = IndexOf(image, first);
        var victim = entries.First(entry => entry.Id == "b");
        var bytes = (byte[])image.Files[first].Clone();
        bytes[victim.Offset + SegmentFormat.RecordHeaderSize + 1] ^= 1;

        using var host = LogHost.InMemory(image.With(first, bytes).ToFileSystem());
        using var log = host.Open();
        var failure = Assert.Throws<SegmentCorruptException>(() => log.Numbers("b"));
        Assert.Equal((victim.Offset, first), (failure.Offset, Path.GetFileName(failure.File)));
        Assert.Equal(2, log.Read("b", 2, 2, 1).Single().SequenceNumber);
        Assert.Equal(10, log.Numbers("a").Length);
        await log.Append("b", 3);
        Assert.Null(log.Failure);
    }

    [Fact(DisplayName = "Any changed bit of an index or of the seal behind it should refuse the opening by name")]
    public async Task Damaged_index()
    {
        var image = await CreateAsync();
        foreach (var name in image.Segments.SkipLast(1))
        {
            for (var offset = (int)IndexOf(image, name).Start; offset < image.Files[name].Length; offset++)
            {
                var failure = image.WithFlip(name, offset).Open().Failure;
                Assert.True(failure is SegmentCorruptException, $"{name} at {offset}: {failure}");
                Assert.EndsWith(name, ((SegmentCorruptException)failure).File, StringComparison.Ordinal);
            }
        }
    }

    [Fact(DisplayName = "Indexes should say exactly what a scan of the records says")]
    public async Task Same_as_scanning()
    {
        var image = await CreateAsync();
        foreach (var name in image.Segments.SkipLast(1))
        {
            using var segment = OpenSegment(image, name);
            var scanned = new Collector();
            Assert.True(new SegmentReader(segment, scanned, onlyProven: false).Scan().IsSealed);
            Assert.Equal(IndexOf(image, name).Entries, scanned.Entries);
        }
    }

    [Theory(DisplayName = "FileLog should finish an index or a seal for which there was no room when there is again")]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Full_at_the_end_of_a_segment(int nth)
    {
        var fileSystem = new MemoryFileSystem();
        using var host = LogHost.InMemory(fileSystem);
        using (var log = host.Open())
        {
            for (var number = 1; number <= 4; number++) await log.Append("a", number, new string('x', 850));
            // The writes of a change of segments: the successor's header, the index, the seal.
            fileSystem.FailNth(FileOperation.Write, nth, FileSystemError.NoSpace);
            await Assert.ThrowsAsync<JournalFullException>(() => log.Append("a", 5, new string('x', 850)));
            await RequireAsync(fileSystem.Crash());
            await log.Append("a", 5, new string('x', 850));
        }

        using var again = host.Open();
        Assert.Equal([1, 2, 3, 4, 5], again.Numbers("a"));
        var image = LogImage.Of(fileSystem);
        Assert.Equal(4, IndexOf(image, image.Segments.First()).Entries.Count);

        static async Task RequireAsync(MemoryFileSystem crashed)
        {
            using var host = LogHost.InMemory(crashed);
            using (var log = host.Open())
            {
                Assert.Equal([1, 2, 3, 4], log.Numbers("a"));
                await log.Append("a", 5);
            }

            var image = LogImage.Of(crashed);
            Assert.Equal(4, IndexOf(image, image.Segments.First()).Entries.Count);
        }
    }

    private static async Task<LogImage> CreateAsync()
    {
        using var host = LogHost.Create(onDisk: false);
        using (var log = host.Open())
        {
            await log.AppendAsync([LogHost.Entry("b", 1), LogHost.Entry("c", 1), LogHost.Entry("b", 2)]);
            for (var number = 10; number <= 21; number++) await log.Append("a", number, new string((char)('a' + number), 850));
            await log.DeleteAsync("a", 11);
            await log.DeleteAsync("c", 1);
        }

        var image = LogImage.Of(host.FileSystem);
        Assert.True(image.Segments.Count() >= 3);
        return image;
    }

    private static Segment OpenSegment(LogImage image, string name)
    {
        Assert.True(Segment.TryParseName(name, out var number, out var generation));
        return Segment.Open(image.ToFileSystem(), LogImage.Directory, number, generation);
    }

    private static (List<Entry> Entries, long Start) IndexOf(LogImage image, string name)
    {
        using var segment = OpenSegment(image, name);
        var collector = new Collector();
        var scan = SegmentIndexFile.TryRead(segment, collector);
        Assert.NotNull(scan);
        return (collector.Entries, scan.Watermark);
    }

    private sealed record Entry(RecordKind Kind, string Id, long SequenceNumber, long Highest, long Offset, int Size);

    private sealed class Collector : IRecordSink
    {
        internal List<Entry> Entries { get; } = [];

        public void Take(Segment segment, in IndexEntry entry, ReadOnlySpan<byte> record) => Entries.Add(new Entry(
            entry.Kind, SegmentFormat.StrictUtf8.GetString(entry.Id), entry.SequenceNumber, entry.Highest, entry.Offset, entry.Size));
    }
}
