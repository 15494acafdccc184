using System.Buffers.Binary;

namespace RetainActors.Storage;

/// <summary>The file <c>CLEAN</c>: its owner closed the log here, so anything else than this exact end is damage.</summary>
/// <param name="SegmentNumber">The last segment.</param>
/// <param name="End">Its length.</param>
/// <param name="LastBatchChecksum">CRC32C over its last batch, or over nothing when it has none.</param>
internal sealed record CleanMark(long SegmentNumber, long End, uint LastBatchChecksum)
{
    internal const string FileName = "CLEAN";

    private const int Size = 40;

    /// <summary>"RLCLEAN" and a line feed.</summary>
    private const ulong Magic = 0x0A4E_4145_4C43_4C52;

    /// <summary>Reads the mark; null when there is none.</summary>
    internal static CleanMark? Read(IFileSystem fileSystem, string directory)
    {
        var path = Path.Combine(directory, FileName);
        try
        {
            using var file = fileSystem.Open(path, FileOpening.Read);
            Span<byte> bytes = stackalloc byte[Size];
            return Decode(bytes[..file.Read(0, bytes)], file.Length, path);
        }
        catch (FileSystemException failure) when (failure.Error == FileSystemError.NotFound)
        {
            return null;
        }
    }

    /// <summary>Writes the mark durably: under its name it is whole or absent.</summary>
    internal void Write(IFileSystem fileSystem, string directory)
    {
        var bytes = new byte[Size];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), SegmentFormat.Version);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), SegmentNumber);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), End);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(32), LastBatchChecksum);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(36), Checksum.Plain(bytes.AsSpan(0, 36)));
        DurableFile.Replace(fileSystem, directory, FileName, file => file.Write(0, bytes));
    }

    /// <summary>Removes the mark durably; the log may change only after that.</summary>
    internal static void Remove(IFileSystem fileSystem, string directory)
    {
        fileSystem.Delete(Path.Combine(directory, FileName));
        fileSystem.SyncDirectory(directory);
    }

    private static CleanMark Decode(ReadOnlySpan<byte> bytes, long length, string path)
    {
        if (bytes.Length >= 10 && BinaryPrimitives.ReadUInt64LittleEndian(bytes) == Magic
            && BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]) > SegmentFormat.Version)
            throw new FormatTooNewException(path, 8, "a newer mark");
        if (length != Size || bytes.Length != Size || BinaryPrimitives.ReadUInt64LittleEndian(bytes) != Magic
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes[36..]) != Checksum.Plain(bytes[..36]))
            throw new SegmentCorruptException(path, 0, $"a mark of {Size} bytes with a valid checksum");

        return new CleanMark(
            BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[32..]));
    }
}
