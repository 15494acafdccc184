using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using CsCheck;

namespace RetainActors.Storage.Tests;

public class FormatSpecs
{
    [Fact(DisplayName = "The worked example in docs/format.md should be what the code writes")]
    public void Worked_example()
    {
        var document = File.ReadAllText(Repository.File("docs", "format.md"));
        var dump = Dump(WorkedExample());
        Assert.True(document.Contains(dump, StringComparison.Ordinal), $"docs/format.md lacks this dump:\n{dump}");
    }

    [Fact(DisplayName = "FileLog should open a log of format version 1 for ever")]
    public async Task Fixture()
    {
        using var host = LogHost.InMemory(LogImage.Fixture("v1").ToFileSystem());
        using var log = host.Open();

        Assert.True(log.Recovery.WasClean);
        Assert.Equal(["ck~bank~source", "empty", "größe ✓"], log.Ids.Order(StringComparer.Ordinal));
        Assert.Equal([$"5={new string('f', 900)}", $"6={new string('g', 900)}"], log.ReadAll("ck~bank~source"));
        Assert.Equal(6, await log.GetHighestSequenceNumberAsync("ck~bank~source"));
        Assert.Equal(["3=three"], log.ReadAll("größe ✓"));
        Assert.Equal(["1="], log.ReadAll("empty"));
        Assert.Equal([5L, 6, 7, 8], log.Ids.SelectMany(id => log.Read(id, 1, 9, 9)).Select(record => record.Position).Order());
    }

    [Fact(DisplayName = "Records should decode to what was encoded, and any changed byte should be noticed")]
    public void Round_trip()
    {
        var drafts = Gen.Select(
            Gen.String[1, 40].Where(IsWellFormed), Gen.Long[1, long.MaxValue], Gen.Byte.Array[0, 100], Gen.Int[0, 10_000]);
        drafts.Sample((id, number, payload, flip) =>
        {
            var checksum = Checksum.For(7, 1);
            var draft = new RecordDraft(RecordKind.Event, id, number, payload);
            var bytes = new byte[draft.Size];
            Assert.Equal(bytes.Length, RecordEncoder.Write(bytes, draft, position: 9, checksum));

            Assert.Equal(Decoded.Ok, RecordDecoder.Read(bytes, checksum, out var record));
            Assert.Equal((id, number, 9L), (Encoding.UTF8.GetString(record.Id), record.SequenceNumber, record.Position));
            Assert.Equal(payload, record.Payload.ToArray());
            Assert.Equal(Decoded.Damaged, RecordDecoder.Read(bytes, Checksum.For(7, 2), out _));
            Assert.Equal(Decoded.Damaged, RecordDecoder.Read(bytes.AsSpan(0, bytes.Length - 1), checksum, out _));
            bytes[flip % bytes.Length] ^= 0x10;
            Assert.Equal(Decoded.Damaged, RecordDecoder.Read(bytes, checksum, out _));
        }, iter: 2000);
    }

    [Fact(DisplayName = "FileLog should ignore files that are not its own")]
    public async Task Foreign_files()
    {
        using var host = LogHost.Create(onDisk: false);
        using (var log = host.Open()) await log.Append("a", 1);
        var image = LogImage.Of(host.FileSystem).With("notes.txt", [1]).With("1.0.segment", [2])
            .With("00000000000000000001.0.segment.bak", [3]).With("x.segment.tmp", [4]);

        using var again = LogHost.InMemory(image.ToFileSystem());
        using (var log = again.Open()) Assert.Equal([1], log.Numbers("a"));
        Assert.Superset(image.Files.Keys.ToHashSet(), LogImage.Of(again.FileSystem).Files.Keys.ToHashSet());
    }

    [Fact(DisplayName = "FileLog should name what a newer version wrote: header, batch kind, record kind, flags, mark")]
    public void Newer_version()
    {
        var image = new LogImage(new(StringComparer.Ordinal) { [Name] = WorkedExample() });
        var checksum = ExampleHeader.Checksum;
        const int batch = SegmentFormat.HeaderSize, record = batch + SegmentFormat.BatchHeaderSize;
        Assert.Null(image.Open().Failure);
        Assert.IsType<FormatTooNewException>(Change(bytes => bytes[8] = 2));
        Assert.IsType<FormatTooNewException>(Change(bytes => Seal(bytes, batch, 4, 9)));
        Assert.IsType<FormatTooNewException>(Change(bytes => Seal(bytes, batch, 5, 1)));
        Assert.IsType<FormatTooNewException>(Change(bytes => SealRecord(bytes, 24, 9)));
        Assert.IsType<FormatTooNewException>(Change(bytes => SealRecord(bytes, 25, 1)));
        var mark = new byte[40];
        "RLCLEAN\n\x02"u8.CopyTo(mark);
        Assert.IsType<FormatTooNewException>(image.With(CleanMark.FileName, mark).Open().Failure);

        StorageException? Change(Action<byte[]> change)
        {
            var bytes = WorkedExample();
            change(bytes);
            return image.With(Name, bytes).Open().Failure;
        }

        void Seal(byte[] bytes, int start, int offset, byte value)
        {
            bytes[start + offset] = value;
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(start + 36), checksum.Of(bytes.AsSpan(start, 36)));
        }

        void SealRecord(byte[] bytes, int offset, byte value)
        {
            bytes[record + offset] = value;
            var size = (int)SegmentFormat.Align(BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(record + 4)));
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(record), checksum.Of(bytes.AsSpan(record + 4, size - 4)));
        }
    }

    [Fact(DisplayName = "FileLog should name hostile bytes in bounded time and memory")]
    public void Hostile_bytes()
    {
        var random = new Random(1);
        for (var round = 0; round < 300; round++)
        {
            var bytes = new byte[random.Next(0, 3000)];
            random.NextBytes(bytes);
            // Half of them look like a segment up to some point.
            if (round % 2 == 0) WorkedExample().AsSpan(0, Math.Min(bytes.Length, random.Next(8, 200))).CopyTo(bytes);
            using var host = LogHost.InMemory(new LogImage(new(StringComparer.Ordinal) { [Name] = bytes }).ToFileSystem());
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                using var log = host.Open();
                Assert.All(log.Ids, id => Assert.Equal("a", id));
            }
            catch (StorageException)
            {
            }

            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 2_000_000);
        }
    }

    [Fact(DisplayName = "FileLog should not trust lengths and counts in headers whose checksums hold")]
    public void Hostile_headers()
    {
        foreach (var (payload, count, watermark, position) in new (int, int, long, long)[]
        {
            (int.MaxValue, 1, 80, 1), (-8, 1, 80, 1), (0, 1, 80, 1), (0, -1, 80, 1), (40, int.MaxValue, 80, 1), (40, 1, 88, 1),
            (40, 1, -1, 1), (40, 1, 80, 2), (40, 1, 80, long.MaxValue), (40, 0, 80, 1),
        })
        {
            var bytes = WorkedExample();
            new BatchHeader(BatchKind.Records, payload, count, watermark, position)
                .Write(bytes.AsSpan(SegmentFormat.HeaderSize), ExampleHeader.Checksum);
            // The watermark batch behind it proves that this is no torn write.
            Assert.IsType<SegmentCorruptException>(new LogImage(new(StringComparer.Ordinal) { [Name] = bytes }).Open().Failure);
        }
    }

    private static string Name => "00000000000000000001.0.segment";

    private static SegmentHeader ExampleHeader => new(
        Number: 1, Generation: 0, Id: new UInt128(0x0F0E0D0C0B0A0908, 0x0706050403020100), PredecessorId: 0, FirstPosition: 1);

    /// <summary>A segment with one record and the watermark after it.</summary>
    private static byte[] WorkedExample()
    {
        var fileSystem = new MemoryFileSystem();
        fileSystem.CreateDirectory("/root");
        fileSystem.CreateDirectory(LogImage.Directory);
        using var segment = Segment.Create(fileSystem, LogImage.Directory, ExampleHeader);
        var index = new KeyIndex();
        index.Segments.Add(segment);
        var writer = new SegmentWriter(
            fileSystem,
            new FileLogSettings { Directory = LogImage.Directory },
            new RecoveredLog(
                index, new SegmentIndexWriter(), SegmentFormat.HeaderSize, SegmentFormat.HeaderSize, EndsWithRecords: false,
                NextPosition: 1, new RecoveryReport(1, 0, false, 0, 0, null)),
            new SparePool(fileSystem, LogImage.Directory, max: 0, found: []));
        var record = new RecordDraft(RecordKind.Event, "a", 1, "hi"u8.ToArray());
        writer.Append([new PendingWrite([record], record.Size, _ => { })]);
        writer.WriteWatermark();
        return LogImage.Of(fileSystem).Files[Name];
    }

    private static string Dump(byte[] bytes) => string.Join('\n', bytes.Chunk(16).Select((row, index) => string.Create(
        CultureInfo.InvariantCulture, $"{index * 16:x4}  {BitConverter.ToString(row).Replace('-', ' ').ToLowerInvariant()}")));

    private static bool IsWellFormed(string text)
    {
        try
        {
            return SegmentFormat.StrictUtf8.GetByteCount(text) > 0;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }
}
