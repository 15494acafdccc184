namespace RetainActors.Storage.Tests;

public class DamageSpecs
{
    [Fact(DisplayName = "FileLog after a crash should give whole units up to the cut, wherever its last segment is cut")]
    public async Task Cuts_in_the_last_segment()
    {
        var image = await CreateAsync(clean: false);
        var expected = image.Open().Records;
        var last = image.Segments.Last();
        var found = new HashSet<int>();
        for (var length = SegmentFormat.HeaderSize; length <= image.Files[last].Length; length += Sweeps.IsFull ? 1 : 3)
        {
            var outcome = image.With(last, image.Files[last][..length]).Open();
            Assert.Null(outcome.Failure);
            Assert.Equal(expected[..outcome.Records.Length], outcome.Records);
            found.Add(outcome.Records.Length);
        }

        // The unit of three records is never seen in part.
        Assert.Contains(expected.Length - 4, found);
        Assert.DoesNotContain(expected.Length - 3, found);
        Assert.DoesNotContain(expected.Length - 2, found);
    }

    [Theory(DisplayName = "FileLog should name a segment that is cut, gone, swapped or doubled")]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cuts_elsewhere(bool clean)
    {
        var image = await CreateAsync(clean);
        var segments = image.Segments.ToArray();
        foreach (var name in clean ? segments : segments[..^1])
            for (var length = 0; length < image.Files[name].Length; length += 3)
                Assert.NotNull(image.With(name, image.Files[name][..length]).Open().Failure);

        Assert.IsType<SegmentMissingException>(image.With(segments[0], null).Open().Failure);
        Assert.IsType<SegmentMissingException>(image.With(segments[1], null).Open().Failure);
        Assert.IsType<SegmentMissingException>(image.With(segments[^1], null).Open().Failure);
        Assert.IsType<SegmentCorruptException>(image.With(segments[1], image.Files[segments[0]]).Open().Failure);
        Assert.IsType<SegmentCorruptException>(
            image.With(Path.GetFileName(Segment.PathOf("", 1, 1)), image.Files[segments[0]]).Open().Failure);
        var next = Path.GetFileName(Segment.PathOf("", segments.Length + 1, 0));
        Assert.NotNull(image.With(next, image.Files[segments[^1]]).Open().Failure);
    }

    [Fact(DisplayName = "FileLog after a crash should trim garbage behind the end, keep a copy and report it")]
    public async Task Garbage_at_the_end()
    {
        var image = await CreateAsync(clean: false);
        var expected = image.Open().Records;
        var last = image.Segments.Last();
        foreach (var garbage in new[] { new byte[100], Enumerable.Repeat((byte)0xAB, (1 << 20) + 5).ToArray() })
        {
            using var host = LogHost.InMemory(image.With(last, [.. image.Files[last], .. garbage]).ToFileSystem());
            using var log = host.Open();
            Assert.Equal(expected, LogImage.Contents(log));
            Assert.Equal(garbage.Length, log.Recovery.TrimmedBytes);
            Assert.Equal(garbage, LogImage.Of(host.FileSystem).Files[Path.GetFileName(log.Recovery.TornFile!)]);
        }
    }

    [Fact(DisplayName = "FileLog should read every record anew and name the one whose bytes changed since")]
    public async Task Rot_while_open()
    {
        using var host = LogHost.Create(onDisk: false);
        using var log = host.Open();
        await log.Append("a", 1);
        await log.Append("a", 2);
        var name = LogImage.Of(host.FileSystem).Segments.Single();
        using (var file = host.FileSystem.Open(Path.Combine(LogImage.Directory, name), FileOpening.ReadWrite))
            file.Write(SegmentFormat.HeaderSize + SegmentFormat.BatchHeaderSize + SegmentFormat.RecordHeaderSize, [0xFF]);

        var failure = Assert.Throws<SegmentCorruptException>(() => log.Numbers("a"));
        Assert.Equal(SegmentFormat.HeaderSize + SegmentFormat.BatchHeaderSize, failure.Offset);
        Assert.EndsWith(name, failure.File, StringComparison.Ordinal);
        Assert.Equal(2, log.Read("a", 2, 2, 1).Single().SequenceNumber);
    }

    /// <summary>A log of three segments whose last batches are one of three records and one of a single record.</summary>
    private static async Task<LogImage> CreateAsync(bool clean)
    {
        using var host = LogHost.Create(onDisk: false);
        LogImage crashed;
        using (var log = host.Open())
        {
            for (var number = 1; number <= 10; number++) await log.Append("a", number, new string((char)('a' + number), 800));
            await log.AppendAsync([LogHost.Entry("b", 1), LogHost.Entry("c", 1), LogHost.Entry("b", 2)]);
            await log.Append("a", 11);
            crashed = LogImage.Of(host.FileSystem).With(OwnerFile.FileName, null);
        }

        var image = clean ? LogImage.Of(host.FileSystem) : crashed;
        Assert.Equal(3, image.Segments.Count());
        Assert.Equal(clean, image.Files.ContainsKey(CleanMark.FileName));
        return image;
    }
}
