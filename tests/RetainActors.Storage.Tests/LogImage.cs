namespace RetainActors.Storage.Tests;

/// <summary>The files of a log as bytes, to be damaged and opened again and again.</summary>
internal sealed class LogImage(SortedDictionary<string, byte[]> files)
{
    internal const string Directory = "/root/journal";

    internal SortedDictionary<string, byte[]> Files { get; } = files;

    internal IEnumerable<string> Segments => Files.Keys.Where(name => name.EndsWith(".segment", StringComparison.Ordinal));

    internal static LogImage Of(IFileSystem fileSystem, string directory = Directory)
    {
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var name in fileSystem.ListFiles(directory))
        {
            using var file = fileSystem.Open(Path.Combine(directory, name), FileOpening.Read);
            var bytes = new byte[file.Length];
            file.Read(0, bytes);
            files.Add(name, bytes);
        }

        return new LogImage(files);
    }

    /// <summary>A log that an earlier version wrote, from the fixtures.</summary>
    internal static LogImage Fixture(string version)
    {
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var path in System.IO.Directory.EnumerateFiles(Repository.File("tests", "RetainActors.Storage.Tests", "Fixtures", version)))
            files.Add(Path.GetFileNameWithoutExtension(path), Convert.FromBase64String(File.ReadAllText(path)));
        return new LogImage(files);
    }

    /// <summary>A copy in which one file is another one, or is gone.</summary>
    internal LogImage With(string name, byte[]? bytes)
    {
        var files = new SortedDictionary<string, byte[]>(Files, StringComparer.Ordinal);
        if (bytes is null) files.Remove(name);
        else files[name] = bytes;
        return new LogImage(files);
    }

    internal LogImage WithFlip(string name, int offset)
    {
        var bytes = (byte[])Files[name].Clone();
        bytes[offset] ^= (byte)(1 << (offset % 8));
        return With(name, bytes);
    }

    internal MemoryFileSystem ToFileSystem()
    {
        var fileSystem = new MemoryFileSystem();
        fileSystem.CreateDirectory("/root");
        fileSystem.CreateDirectory(Directory);
        foreach (var (name, bytes) in Files)
        {
            using var file = fileSystem.Open(Path.Combine(Directory, name), FileOpening.CreateNew);
            file.Write(0, bytes);
            file.Sync();
        }

        fileSystem.SyncDirectory("/");
        fileSystem.SyncDirectory("/root");
        fileSystem.SyncDirectory(Directory);
        return fileSystem;
    }

    /// <summary>Opens the image as its owner and says what it holds: its records in order of position, or the failure.</summary>
    internal Outcome Open()
    {
        using var host = LogHost.InMemory(ToFileSystem());
        try
        {
            using var log = host.Open();
            return new Outcome(Contents(log), Failure: null);
        }
        catch (StorageException failure)
        {
            return new Outcome([], failure);
        }
    }

    internal static string[] Contents(FileLog log) => log.Ids.SelectMany(id => log.Read(id, 1, long.MaxValue, long.MaxValue))
        .OrderBy(record => record.Position)
        .Select(record => $"{record.Id}:{record.SequenceNumber}:{Convert.ToHexString(record.Payload.Span)}").ToArray();

    internal sealed record Outcome(string[] Records, StorageException? Failure);
}
