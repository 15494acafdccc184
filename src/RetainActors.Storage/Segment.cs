using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace RetainActors.Storage;

/// <summary>Where a durable record lies.</summary>
internal readonly record struct RecordLocation(long SequenceNumber, Segment Segment, long Offset, int Size);

/// <summary>An open segment file.</summary>
internal sealed class Segment : IDisposable
{
    private const string Extension = ".segment";
    private const string TemporaryExtension = Extension + ".tmp";

    private long _end = SegmentFormat.HeaderSize;

    private Segment(string path, SegmentHeader header, IStorageFile file)
    {
        Path = path;
        Header = header;
        File = file;
    }

    internal string Path { get; }

    internal SegmentHeader Header { get; }

    internal IStorageFile File { get; private set; }

    /// <summary>What the index knows it by while it is open; 0 before it has one.</summary>
    internal uint Key { get; set; }

    /// <summary>The bytes of the records that came into it, and of those that live still. Guarded like the index.</summary>
    internal long RecordBytes { get; set; }

    internal long LiveBytes { get; set; }

    /// <summary>Whether nothing is ever appended to it again.</summary>
    internal bool IsSealed { get; set; }

    /// <summary>The end of the last durable batch while it is not sealed.</summary>
    internal long End
    {
        get => Volatile.Read(ref _end);
        set => Volatile.Write(ref _end, value);
    }

    /// <summary>Whether the file may be longer than what was written into it, because it was another segment once.</summary>
    internal bool HasRoom { get; set; }

    /// <summary>Damage found inside it while the log is open.</summary>
    internal SegmentCorruptException? Damage { get; set; }

    internal static string PathOf(string directory, long number, uint generation) => System.IO.Path.Combine(
        directory, string.Create(CultureInfo.InvariantCulture, $"{number:D20}.{generation}{Extension}"));

    /// <summary>Whether a file name is exactly one that <see cref="PathOf"/> makes.</summary>
    internal static bool TryParseName(string name, out long number, out uint generation)
    {
        generation = 0;
        var parts = name.Split('.');
        return long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && parts.Length == 3
            && uint.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out generation)
            && name == PathOf("", number, generation);
    }

    /// <summary>Whether a file is a segment whose creation did not finish; nothing in it was ever acknowledged.</summary>
    internal static bool IsTemporaryName(string name) =>
        name.EndsWith(TemporaryExtension, StringComparison.Ordinal) && TryParseName(name[..^".tmp".Length], out _, out _);

    internal static Segment Open(IFileSystem fileSystem, string directory, long number, uint generation)
    {
        var path = PathOf(directory, number, generation);
        var file = fileSystem.Open(path, FileOpening.Read);
        try
        {
            Span<byte> bytes = stackalloc byte[SegmentFormat.HeaderSize];
            var read = file.Read(0, bytes);
            return SegmentHeader.Read(bytes[..read], out var header) switch
            {
                Decoded.TooNew => throw new FormatTooNewException(path, 8, "a newer segment header"),
                Decoded.Ok when header!.Number == number && header.Generation == generation => new Segment(path, header, file),
                Decoded.Ok => throw new SegmentCorruptException(path, 16, "the number and generation of the file name"),
                _ => throw new SegmentCorruptException(path, 0, "a segment header"),
            };
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Creates a segment that is complete and whose name is durable when this returns: a crash leaves either nothing but a
    /// temporary file, or a whole header under the final name. A spare file is used again when one is given.
    /// </summary>
    internal static Segment Create(IFileSystem fileSystem, string directory, SegmentHeader header, string? spare = null)
    {
        var path = PathOf(directory, header.Number, header.Generation);
        var temporary = path + ".tmp";
        if (spare is not null && !TryRename(fileSystem, spare, temporary)) spare = null;
        if (spare is null) fileSystem.Delete(temporary);
        var file = fileSystem.Open(temporary, spare is null ? FileOpening.CreateNew : FileOpening.ReadWrite);
        try
        {
            var bytes = new byte[SegmentFormat.HeaderSize];
            header.Write(bytes);
            file.Write(0, bytes);
            file.Sync();
            fileSystem.Rename(temporary, path);
            fileSystem.SyncDirectory(directory);
            return new Segment(path, header, file) { HasRoom = spare is not null };
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>A segment that compaction has published.</summary>
    internal static Segment Compacted(string directory, SegmentHeader header, IStorageFile file, long recordBytes) =>
        new(PathOf(directory, header.Number, header.Generation), header, file) { IsSealed = true, RecordBytes = recordBytes };

    internal static SegmentHeader NewHeader(long number, UInt128 predecessorId, long firstPosition, Func<UInt128>? newId = null) =>
        new(number, Generation: 0, (newId ?? RandomId)(), predecessorId, firstPosition);

    /// <summary>Cuts off what was in the file before it became this segment, durably.</summary>
    internal void CutRoom(long end)
    {
        if (!HasRoom) return;
        File.SetLength(end);
        File.Sync();
        HasRoom = false;
    }

    /// <summary>Whether its first batch, if any, is none of its own.</summary>
    internal bool IsEmpty()
    {
        Span<byte> bytes = stackalloc byte[SegmentFormat.BatchHeaderSize];
        var read = File.Read(SegmentFormat.HeaderSize, bytes);
        return BatchHeader.Read(bytes[..read], Header.Checksum, out _) == Decoded.Damaged;
    }

    internal void ReopenForWriting(IFileSystem fileSystem)
    {
        var writable = fileSystem.Open(Path, FileOpening.ReadWrite);
        File.Dispose();
        File = writable;
    }

    /// <summary>Reads bytes that a scan has seen.</summary>
    internal byte[] Read(long offset, long count)
    {
        var bytes = new byte[count];
        var read = File.Read(offset, bytes);
        return read == count ? bytes : throw new SegmentCorruptException(Path, offset + read, $"{count - read} more bytes");
    }

    /// <summary>Reads one record again and checks that it is still what was written.</summary>
    internal LogRecord Read(string id, RecordLocation location)
    {
        var bytes = new byte[location.Size];
        int read;
        try
        {
            read = File.Read(location.Offset, bytes);
        }
        catch (FileSystemException failure)
        {
            throw new SegmentCorruptException(Path, location.Offset, $"a readable record, but: {failure.Message}");
        }

        if (RecordDecoder.Read(bytes.AsSpan(0, read), Header.Checksum, out var record) != Decoded.Ok
            || record.SequenceNumber != location.SequenceNumber
            || !record.Id.SequenceEqual(SegmentFormat.StrictUtf8.GetBytes(id)))
        {
            throw new SegmentCorruptException(Path, location.Offset, $"record {location.SequenceNumber} of '{id}'");
        }

        // The buffer is this record's alone, so the payload needs no copy.
        var start = SegmentFormat.RecordHeaderSize + record.Id.Length;
        return new LogRecord(id, record.SequenceNumber, record.Position, bytes.AsMemory(start, record.Payload.Length));
    }

    public void Dispose() => File.Dispose();

    /// <summary>False when somebody removed the file, which is nobody's loss.</summary>
    private static bool TryRename(IFileSystem fileSystem, string from, string to)
    {
        try
        {
            fileSystem.Rename(from, to);
            return true;
        }
        catch (FileSystemException failure) when (failure.Error == FileSystemError.NotFound)
        {
            return false;
        }
    }

    private static UInt128 RandomId()
    {
        Span<byte> id = stackalloc byte[16];
        RandomNumberGenerator.Fill(id);
        return BinaryPrimitives.ReadUInt128LittleEndian(id);
    }
}
