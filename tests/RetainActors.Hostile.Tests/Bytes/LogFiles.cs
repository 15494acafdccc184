using System.Buffers.Binary;
using System.Text;
using RetainActors.Storage;

namespace RetainActors.Hostile.Tests.Bytes;

/// <summary>
/// Logs in memory of which one file is hostile. An input is the number of a file of the seeds and the bytes that stand in its place; the other files
/// of its log are as they were. The log is inspected, opened by an owner, read in both orders, appended to and compacted.
/// </summary>
internal static class LogFiles
{
    private const string Root = "/root/journal";
    private const string CleanMarkName = "CLEAN";

    private static readonly FileLogSettings Settings = new()
    {
        Directory = Root, SegmentSizeBytes = 4096, MaxBatchSizeBytes = 4096, IdleMilliseconds = Timeout.Infinite, ScrubInterval = TimeSpan.Zero, CompactionLiveShare = 0,
        CompactionSliceBytes = 4096, SpareSegments = 0,
    };

    private static readonly SortedDictionary<string, byte[]>[] Logs = [Make(isClean: true, isCompacted: false), Make(isClean: false, isCompacted: false), Make(isClean: true, isCompacted: true)];

    private static readonly (SortedDictionary<string, byte[]> Log, string File)[] Places = [.. Logs.SelectMany(log => log.Keys.Select(file => (log, file)))];

    public static Reader Reader { get; } = new("log", [.. Places.Index().Select(place => (byte[])[(byte)place.Index, .. place.Item.Log[place.Item.File]])], Read)
    {
        Repair = bytes => Repair(bytes),
        Allowance = 8 * 1024 * 1024,
    };

    private static void Read(byte[] input)
    {
        if (input.Length == 0) return;
        var (log, file) = Places[input[0] % Places.Length];
        var files = new MemoryFileSystem();
        files.CreateDirectory("/root");
        files.CreateDirectory(Root);
        foreach (var (name, bytes) in log) Write(files, name, name == file ? input[1..] : bytes);
        new LogInspector(Root, files).Run();
        try
        {
            using var opened = FileLog.Open(Settings, files);
            Use(opened);
            // Nothing here fails but the bytes, so a log that gave up did so over a mistake of its own.
            if (opened.Failure is { } failure) throw new InvalidOperationException("The log gave up.", failure);
        }
        catch (StorageException)
        {
            // Named.
        }
    }

    private static void Use(FileLog log)
    {
        foreach (var id in log.Ids) Drain(() => log.Read(id, 1, long.MaxValue, long.MaxValue));
        Drain(() => log.ReadByPosition(0, long.MaxValue));
        foreach (var id in log.Ids.Append("new").Take(3))
            if (log.GetHighestSequenceNumberAsync(id).GetAwaiter().GetResult() is var highest and < long.MaxValue)
                Refused(() => log.AppendAsync([new LogEntry(id, highest + 1, new byte[64])]));
        Refused(() => log.DeleteAsync("a", long.MaxValue));
        Refused(() => log.CompactAsync(1));
        Drain(() => log.ReadByPosition(0, long.MaxValue));
    }

    private static void Drain(Func<IEnumerable<LogRecord>> read)
    {
        try
        {
            foreach (var record in read()) _ = record.Payload.Length;
        }
        catch (StorageException)
        {
            // Named.
        }
    }

    private static void Refused(Func<Task> write)
    {
        try
        {
            write().GetAwaiter().GetResult();
        }
        catch (StorageException)
        {
            // Named.
        }
    }

    private static SortedDictionary<string, byte[]> Make(bool isClean, bool isCompacted)
    {
        var files = new MemoryFileSystem();
        files.CreateDirectory("/root");
        SortedDictionary<string, byte[]> crashed;
        using (var log = FileLog.Open(Settings, files))
        {
            for (var i = 1; i <= 40; i++) log.AppendAsync([new LogEntry(i % 2 == 0 ? "a" : "ü", i, Encoding.UTF8.GetBytes(new string('x', i * 4)))]).GetAwaiter().GetResult();
            log.DeleteAsync("a", 20).GetAwaiter().GetResult();
            if (isCompacted) log.CompactAsync(1).GetAwaiter().GetResult();
            crashed = Image(files);
        }

        var image = isClean ? Image(files) : crashed;
        image.Remove("OWNER");
        return image;
    }

    private static SortedDictionary<string, byte[]> Image(MemoryFileSystem files)
    {
        var image = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var name in files.ListFiles(Root))
        {
            using var file = files.Open(Path.Combine(Root, name), FileOpening.Read);
            var bytes = new byte[file.Length];
            file.Read(0, bytes);
            image.Add(name, bytes);
        }

        return image;
    }

    private static void Write(MemoryFileSystem files, string name, byte[] bytes)
    {
        using var file = files.Open(Path.Combine(Root, name), FileOpening.CreateNew);
        file.Write(0, bytes);
        file.Sync();
    }

    private static void Repair(Span<byte> input)
    {
        if (input.Length == 0) return;
        var file = Places[input[0] % Places.Length].File;
        if (file.EndsWith(".segment", StringComparison.Ordinal)) RepairSegment(input[1..]);
        else if (file == CleanMarkName && input.Length > 40) BinaryPrimitives.WriteUInt32LittleEndian(input[37..], Checksum.Plain(input[1..37]));
    }

    /// <summary>Every checksum on the way through headers, batches, records and index, by the lengths that the mutant states.</summary>
    private static void RepairSegment(Span<byte> file)
    {
        if (file.Length < SegmentFormat.HeaderSize) return;
        var checksum = Checksum.For(BinaryPrimitives.ReadUInt128LittleEndian(file[32..]), BinaryPrimitives.ReadUInt32LittleEndian(file[24..]));
        Seal(file[..80], 76, 0, 76, checksum);
        for (var rest = file[SegmentFormat.HeaderSize..]; rest.Length >= SegmentFormat.BatchHeaderSize;)
        {
            Seal(rest, 36, 0, 36, checksum);
            var kind = (BatchKind)rest[4];
            var length = BinaryPrimitives.ReadInt32LittleEndian(rest[8..]);
            rest = rest[SegmentFormat.BatchHeaderSize..];
            if (length < 0 || length > rest.Length) return;
            if (kind == BatchKind.Index && length >= SegmentFormat.IndexHeaderSize) Seal(rest, 0, 4, length, checksum);
            if (kind == BatchKind.Records) RepairRecords(rest[..length], checksum);
            rest = rest[length..];
        }
    }

    private static void RepairRecords(Span<byte> records, Checksum checksum)
    {
        while (records.Length >= SegmentFormat.RecordHeaderSize)
        {
            var length = SegmentFormat.Align((long)BinaryPrimitives.ReadInt32LittleEndian(records[4..]));
            if (length < SegmentFormat.RecordHeaderSize || length > records.Length) return;
            Seal(records, 0, 4, (int)length, checksum);
            records = records[(int)length..];
        }
    }

    private static void Seal(Span<byte> bytes, int at, int from, int to, Checksum checksum) =>
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[at..], checksum.Of(bytes[from..to]));
}
