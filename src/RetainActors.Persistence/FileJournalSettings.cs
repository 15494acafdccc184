using Akka.Configuration;
using RetainActors.Storage;

namespace RetainActors.Persistence;

/// <summary>The settings of one journal section; <c>reference.conf</c> explains the keys and holds the defaults.</summary>
public sealed record FileJournalSettings
{
    private const long Kibibyte = 1024;
    private const long Gibibyte = 1024 * 1024 * Kibibyte;

    // Made by From only, so that a new key breaks nobody.
    internal FileJournalSettings()
    {
    }

    /// <summary>Absolute path of the directory the data lives in.</summary>
    public required string Root { get; init; }

    /// <summary>Whether the log is only read, beside a running owner.</summary>
    public required bool ReadOnly { get; init; }

    /// <summary>Whether the log is on the disk or in memory.</summary>
    public required JournalFileSystem FileSystem { get; init; }

    /// <summary>Size at which the log starts a new segment.</summary>
    public required long SegmentSizeBytes { get; init; }

    /// <summary>Largest atomic write.</summary>
    public required int MaxUnitSizeBytes { get; init; }

    /// <summary>Bytes that may wait for the disk.</summary>
    public required long MaxQueuedBytes { get; init; }

    /// <summary>First wait before opening is tried again.</summary>
    public required TimeSpan OpenRetryMinBackoff { get; init; }

    /// <summary>Longest wait before opening is tried again.</summary>
    public required TimeSpan OpenRetryMaxBackoff { get; init; }

    /// <summary>Serializer of event types without a binding; empty for the one bound to <see cref="object"/>.</summary>
    public required string Serializer { get; init; }

    /// <summary>Directory of the log: <c>ROOT/journal</c>.</summary>
    public string LogDirectory => Path.Combine(Root, "journal");

    /// <summary>Reads a complete section, one with the reference configuration below it.</summary>
    /// <exception cref="ConfigurationException">A value is missing or out of range; the message names the key.</exception>
    public static FileJournalSettings From(Config section)
    {
        ArgumentNullException.ThrowIfNull(section);
        var unit = (int)Size(section, "max-unit-size", Kibibyte, Gibibyte);
        var minBackoff = Wait(section, "open-retry.min-backoff", TimeSpan.FromMilliseconds(1));
        return new FileJournalSettings
        {
            Root = RootOf(section),
            ReadOnly = Read(section, "read-only", key => section.GetBoolean(key)),
            FileSystem = FileSystemOf(section),
            SegmentSizeBytes = Size(section, "segment-size", 4 * Kibibyte, long.MaxValue),
            MaxUnitSizeBytes = unit,
            MaxQueuedBytes = Size(section, "max-queued-bytes", unit, long.MaxValue),
            OpenRetryMinBackoff = minBackoff,
            OpenRetryMaxBackoff = Wait(section, "open-retry.max-backoff", minBackoff),
            Serializer = Read(section, "serializer", key => section.GetString(key)),
        };
    }

    internal FileLogSettings ToLogSettings() => new()
    {
        Directory = LogDirectory,
        SegmentSizeBytes = SegmentSizeBytes,
        MaxUnitSizeBytes = MaxUnitSizeBytes,
        MaxQueuedBytes = MaxQueuedBytes,
        ReadOnly = ReadOnly,
    };

    private static string RootOf(Config section)
    {
        var root = Read(section, "root", key => section.GetString(key));
        if (string.IsNullOrWhiteSpace(root)) throw new ConfigurationException("'root' must name the directory of the journal.");
        return Read(section, "root", _ => Path.GetFullPath(root));
    }

    private static JournalFileSystem FileSystemOf(Config section) =>
        Read(section, "file-system", key => section.GetString(key)) switch
        {
            "posix" => JournalFileSystem.Posix,
            "memory" => JournalFileSystem.Memory,
            var other => throw new ConfigurationException($"'file-system' must be posix or memory, not '{other}'."),
        };

    private static long Size(Config section, string key, long smallest, long largest)
    {
        var size = Read(section, key, k => section.GetByteSize(k))!.Value;
        if (size < smallest || size > largest)
            throw new ConfigurationException($"'{key}' is {size} bytes; it must be from {smallest} to {largest}.");
        return size;
    }

    private static TimeSpan Wait(Config section, string key, TimeSpan shortest)
    {
        var wait = Read(section, key, k => section.GetTimeSpan(k));
        if (wait < shortest || wait > TimeSpan.FromDays(1))
            throw new ConfigurationException($"'{key}' is {wait}; it must be from {shortest} to one day.");
        return wait;
    }

    /// <summary>HOCON getters answer a missing key with a default and a bad value with an exception that names no key.</summary>
    private static T Read<T>(Config section, string key, Func<string, T> get)
    {
        if (!section.HasPath(key)) throw new ConfigurationException($"'{key}' is missing.");
        try
        {
            return get(key) ?? throw new ConfigurationException($"'{key}' has no value.");
        }
        catch (Exception e) when (e is not ConfigurationException)
        {
            throw new ConfigurationException($"'{key}' cannot be read: {e.Message}", e);
        }
    }
}
