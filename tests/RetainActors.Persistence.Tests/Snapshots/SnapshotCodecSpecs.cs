using RetainActors.Persistence.Snapshots;

namespace RetainActors.Persistence.Tests.Snapshots;

public sealed class SnapshotCodecSpecs
{
    private static readonly SnapshotRecord Example = new("pid-ä", 7, 638_700_000_000_000_001, 9901, "M2", new byte[] { 1, 2, 3 });

    [Fact(DisplayName = "SnapshotCodec should give back what it was given")]
    public void Round_trips()
    {
        var decoded = SnapshotCodec.Decode(SnapshotCodec.Encode(Example), out var problem)!;

        Assert.Equal("", problem);
        Assert.Equal(Example with { Payload = default }, decoded with { Payload = default });
        Assert.Equal(Example.Payload.ToArray(), decoded.Payload.ToArray());
    }

    [Fact(DisplayName = "SnapshotCodec should write these very bytes, for ever")]
    public void Is_stable() => Assert.Equal(
        "52544E534E41500A01000000ED02D2773F00000000000000070000000000000001C00A1A441EDD08AD26000006000000020000007069642DC3A44D32010203",
        Convert.ToHexString(SnapshotCodec.Encode(Example)));

    [Fact(DisplayName = "SnapshotCodec should refuse the file with any bit flipped")]
    public void Flipped()
    {
        var file = SnapshotCodec.Encode(Example);
        for (var bit = 0; bit < file.Length * 8; bit++)
        {
            file[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Null(SnapshotCodec.Decode(file, out var problem));
            Assert.NotEqual("", problem);
            file[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact(DisplayName = "SnapshotCodec should refuse the file cut, filled with zeros from, or lengthened at any offset")]
    public void Cut()
    {
        var file = SnapshotCodec.Encode(Example);
        for (var length = 0; length < file.Length; length++)
        {
            Assert.Null(SnapshotCodec.Decode(file.AsMemory(0, length), out _));
            Assert.Null(SnapshotCodec.Decode((byte[])[.. file.AsSpan(0, length), .. new byte[file.Length - length]], out _));
        }
        Assert.Null(SnapshotCodec.Decode((byte[])[.. file, 0], out _));
    }
}
