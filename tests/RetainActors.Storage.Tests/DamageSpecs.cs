namespace RetainActors.Storage.Tests;

public class DamageSpecs
{
    [Fact(DisplayName = "FileLog closed in good order should give the exact log or a named error, whichever byte is flipped")]
    public async Task Flips_in_a_clean_log()
    {
        var image = await CreateAsync(clean: true);
        var expected = image.Open().Records;
        foreach (var damaged in Flips(image)) Assert.Null(Judge(damaged.Open(), expected, tolerated: null));
    }

    [Fact(DisplayName = "FileLog after a crash should lose at most its last batch to a flipped byte, and name every other flip")]
    public async Task Flips_in_a_crashed_log()
    {
        var image = await CreateAsync(clean: false);
        var expected = image.Open().Records;
        foreach (var damaged in Flips(image)) Assert.Null(Judge(damaged.Open(), expected, tolerated: expected[..^1]));
    }

    [Fact(DisplayName = "The flip check should notice a reader that stops at the first bad checksum")]
    public async Task Negative_control()
    {
        var image = await CreateAsync(clean: true);
        var expected = image.Open().Records;
        var verdicts = Flips(image).Select(damaged => Judge(ReadUpToTheFirstBadChecksum(damaged), expected, tolerated: null));
        Assert.Contains(verdicts, verdict => verdict is not null);
        Assert.Null(Judge(ReadUpToTheFirstBadChecksum(image), expected, tolerated: null));
    }

    [Fact(DisplayName = "FileLog after a crash should give whole units up to the cut, wherever its last segment is cut")]
    public async Task Cuts_in_the_last_segment()
    {
        var image = await CreateAsync(clean: false);
        var expected = image.Open().Records;
        var last = image.Segments.Last();
        var found = new HashSet<int>();
        for (var length = SegmentFormat.HeaderSize; length <= image.Files[last].Length; length++)
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

    private static IEnumerable<LogImage> Flips(LogImage image) =>
        from file in image.Files
        from offset in Enumerable.Range(0, file.Value.Length)
        select image.WithFlip(file.Key, offset);

    /// <summary>Null when the outcome is the exact log, a named error, or the shorter log that is tolerated.</summary>
    private static string? Judge(LogImage.Outcome outcome, string[] expected, string[]? tolerated)
    {
        if (outcome.Failure is not null) return null;
        if (outcome.Records.SequenceEqual(expected)) return null;
        return tolerated is not null && outcome.Records.SequenceEqual(tolerated)
            ? null
            : $"{outcome.Records.Length} records instead of {expected.Length}";
    }

    private static LogImage.Outcome ReadUpToTheFirstBadChecksum(LogImage image)
    {
        var records = new List<string>();
        foreach (var name in image.Segments)
        {
            ReadOnlySpan<byte> bytes = image.Files[name];
            if (SegmentHeader.Read(bytes, out var header) != Decoded.Ok) break;
            bytes = bytes[SegmentFormat.HeaderSize..];
            while (BatchHeader.Read(bytes, header!.Checksum, out var batch) == Decoded.Ok)
            {
                bytes = bytes[SegmentFormat.BatchHeaderSize..];
                if (batch.Kind != BatchKind.Records)
                {
                    bytes = bytes[batch.PayloadLength..];
                    continue;
                }

                for (var count = 0; count < batch.RecordCount; count++)
                {
                    if (RecordDecoder.Read(bytes, header.Checksum, out var record) != Decoded.Ok) return new([.. records], null);
                    var id = System.Text.Encoding.UTF8.GetString(record.Id);
                    records.Add($"{id}:{record.SequenceNumber}:{Convert.ToHexString(record.Payload)}");
                    bytes = bytes[record.Size..];
                }
            }
        }

        return new([.. records], null);
    }
}
