using CsCheck;
using RetainActors.Checkpoints;
using RetainActors.Json;

namespace RetainActors.Tests.Checkpoints;

public sealed class RecordHeaderCodecSpecs
{
    private static readonly Gen<string> Text = Gen.OneOf(Gen.Const(""), Gen.Const("a"), Gen.Const("ä学\U0001F600"), Gen.Const(new string('x', 3000)));
    private static readonly Gen<long> Number = Gen.OneOf(Gen.Const(0L), Gen.Const(127L), Gen.Const(128L), Gen.Const(long.MaxValue), Gen.Long[0, 1 << 20]);

    private static readonly Gen<RecordHeader> Header =
        from texts in Text.Array[6]
        from numbers in Number.Array[3]
        from isThere in Gen.Bool.Array[10]
        from kind in Gen.Int[0, (int)RecordKind.Delete]
        from encoding in Gen.Int[0, (int)BodyEncoding.Delta]
        from status in Gen.Int[0, (int)CheckpointStatus.Parked]
        from microseconds in Gen.Long[-62_000_000_000_000_000, 253_000_000_000_000_000]
        from offset in Gen.Int[-14 * 60, 14 * 60]
        from id in Gen.Guid
        select new RecordHeader
        {
            SchemaVersion = ContextJson.SchemaVersion,
            Kind = (RecordKind)kind,
            Encoding = (BodyEncoding)encoding,
            Epoch = numbers[0],
            SavedAt = Timestamp.From(DateTimeOffset.UnixEpoch.AddMicroseconds(microseconds).ToOffset(TimeSpan.FromMinutes(offset))),
            Bank = texts[0],
            Source = texts[1],
            SaveId = isThere[0] ? id : null,
            Digest = isThere[1] ? ContentDigest.Of(texts[2]) : null,
            Existed = isThere[2] ? isThere[3] : null,
            RewoundTo = isThere[4] ? numbers[1] : null,
            CopiedFrom = isThere[5] ? new CopyOrigin(texts[2], texts[3], numbers[2]) : null,
            Status = isThere[6] ? (CheckpointStatus)status : null,
            CompletedState = isThere[7] ? texts[4] : null,
            NextState = isThere[8] ? texts[5] : null,
            Fork = isThere[9] ? texts[3] : null,
            Visit = isThere[9] ? status : null,
            Branch = isThere[9] ? texts[2] : null,
        };

    [Fact(DisplayName = "A header should be read back as it was written, and never from fewer or more bytes")]
    public void Round_trip() => Header.Sample(
        header =>
        {
            var bytes = Written(header);
            Assert.Equal(header, RecordHeaderCodec.Read(bytes));
            Assert.Throws<FormatException>(() => RecordHeaderCodec.Read(bytes.AsSpan(..^1)));
            Assert.Throws<FormatException>(() => RecordHeaderCodec.Read([.. bytes, 0]));
        },
        iter: 2_000);

    [Fact(DisplayName = "What stands in a header by its number should keep that number")]
    public void Numbers()
    {
        Assert.Equal("Save=0 Branch=1 Claim=2 Delete=3", Of<RecordKind>());
        Assert.Equal("Full=0 Base=1 Delta=2", Of<BodyEncoding>());
        Assert.Equal("Running=0 Completed=1 Failed=2 Parked=3", Of<CheckpointStatus>());

        static string Of<T>()
            where T : struct, Enum => string.Join(' ', Enum.GetValues<T>().Select(value => $"{value}={value:D}"));
    }

    [Fact(DisplayName = "Whatever its bytes are, reading a header should end in a header or in a problem that is named")]
    public void Hostile() => (from header in Header from at in Gen.Double[0, 1] from value in Gen.Byte select (header, at, value)).Sample(
        sample =>
        {
            var bytes = Written(sample.header);
            bytes[(int)(sample.at * (bytes.Length - 1))] = sample.value;
            try
            {
                RecordHeaderCodec.Read(bytes);
            }
            catch (FormatException e)
            {
                Assert.NotEmpty(e.Message);
            }
        },
        iter: 5_000);

    [Fact(DisplayName = "A header of a newer version should say so, whatever follows its version")]
    public void Newer()
    {
        byte[] header = [ContextJson.SchemaVersion + 1, 250, 250];
        Assert.Throws<FormatException>(() => RecordHeaderCodec.Read(header));
        byte[] frame = [2, (byte)header.Length, 0, 0, 0, .. header, .. "{}"u8];
        Assert.Equal(ContextJson.SchemaVersion + 1, Assert.IsType<UnreadableRecord>(CheckpointRecord.Decode(frame)).NewerVersion);
    }

    private static byte[] Written(RecordHeader header)
    {
        var buffer = new byte[RecordHeaderCodec.MaxLength(header)];
        return buffer[..RecordHeaderCodec.Write(header, buffer)];
    }
}
