using System.Buffers.Binary;
using System.Numerics;

namespace RetainActors.Storage;

/// <summary>CRC32C that starts with a segment's id and generation.</summary>
internal readonly struct Checksum
{
    private readonly uint _seed;

    private Checksum(uint seed) => _seed = seed;

    internal static Checksum For(UInt128 segmentId, uint generation)
    {
        Span<byte> identity = stackalloc byte[20];
        BinaryPrimitives.WriteUInt128LittleEndian(identity, segmentId);
        BinaryPrimitives.WriteUInt32LittleEndian(identity[16..], generation);
        return new Checksum(Update(uint.MaxValue, identity));
    }

    /// <summary>The plain CRC32C, for a file that belongs to no segment.</summary>
    internal static uint Plain(ReadOnlySpan<byte> bytes) => ~Update(uint.MaxValue, bytes);

    internal uint Of(ReadOnlySpan<byte> bytes) => ~Update(_seed, bytes);

    private static uint Update(uint crc, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= 8)
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }

        foreach (var value in bytes) crc = BitOperations.Crc32C(crc, value);
        return crc;
    }
}
