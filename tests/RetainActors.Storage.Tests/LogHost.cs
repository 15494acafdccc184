using System.Text;

namespace RetainActors.Storage.Tests;

/// <summary>A place for a log, on disk or in memory, and the shorthand the specs share.</summary>
internal sealed class LogHost : IDisposable
{
    private readonly TempDirectory? _temp;

    private LogHost(IFileSystem fileSystem, string directory, TempDirectory? temp)
    {
        FileSystem = fileSystem;
        Settings = new FileLogSettings { Directory = directory, SegmentSizeBytes = 4096 };
        _temp = temp;
    }

    internal IFileSystem FileSystem { get; set; }

    internal FileLogSettings Settings { get; set; }

    internal static LogHost Create(bool onDisk)
    {
        if (!onDisk) return InMemory(new MemoryFileSystem());
        var temp = new TempDirectory();
        return new LogHost(PosixFileSystem.Instance, temp.File("journal"), temp);
    }

    internal static LogHost InMemory(MemoryFileSystem fileSystem) => new(fileSystem, "/root/journal", temp: null);

    internal FileLog Open() => FileLog.Open(Settings, FileSystem);

    internal FileLog OpenReadOnly() => FileLog.Open(Settings with { ReadOnly = true }, FileSystem);

    internal static LogEntry Entry(string id, long sequenceNumber, string? payload = null) =>
        new(id, sequenceNumber, Encoding.UTF8.GetBytes(payload ?? $"{id}#{sequenceNumber}"));

    public void Dispose() => _temp?.Dispose();
}

internal static class LogExtensions
{
    internal static Task Append(this FileLog log, string id, long sequenceNumber, string? payload = null) =>
        log.AppendAsync([LogHost.Entry(id, sequenceNumber, payload)]);

    internal static string[] ReadAll(this FileLog log, string id) => log.Read(id, 1, long.MaxValue, long.MaxValue)
        .Select(record => $"{record.SequenceNumber}={Encoding.UTF8.GetString(record.Payload.Span)}").ToArray();

    internal static long[] Numbers(this FileLog log, string id) =>
        log.Read(id, 1, long.MaxValue, long.MaxValue).Select(record => record.SequenceNumber).ToArray();
}
