using Akka.Configuration;

namespace RetainActors.Persistence;

/// <summary>
/// Reads a section of the configuration strictly. HOCON getters answer a missing key with a default and a bad value with an
/// exception that names no key; here both are a <see cref="ConfigurationException"/> that does.
/// </summary>
internal static class SectionReader
{
    public static T Read<T>(Config section, string key, Func<string, T> get)
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

    public static string Root(Config section)
    {
        var root = Read(section, "root", key => section.GetString(key));
        if (string.IsNullOrWhiteSpace(root)) throw new ConfigurationException("'root' must name the directory of the data.");
        return Read(section, "root", _ => Path.GetFullPath(root));
    }

    public static JournalFileSystem FileSystem(Config section) =>
        Read(section, "file-system", key => section.GetString(key)) switch
        {
            "posix" => JournalFileSystem.Posix,
            "memory" => JournalFileSystem.Memory,
            var other => throw new ConfigurationException($"'file-system' must be posix or memory, not '{other}'."),
        };

    public static long Size(Config section, string key, long smallest, long largest)
    {
        var size = Read(section, key, k => section.GetByteSize(k))!.Value;
        if (size < smallest || size > largest)
            throw new ConfigurationException($"'{key}' is {size} bytes; it must be from {smallest} to {largest}.");
        return size;
    }

    public static int Count(Config section, string key, int smallest, int largest)
    {
        var count = Read(section, key, k => section.GetInt(k));
        if (count < smallest || count > largest)
            throw new ConfigurationException($"'{key}' is {count}; it must be from {smallest} to {largest}.");
        return count;
    }

    /// <summary>Greater than 0, at most 1.</summary>
    public static double Share(Config section, string key)
    {
        var share = Read(section, key, k => section.GetDouble(k));
        if (share is not (> 0 and <= 1))
            throw new ConfigurationException($"'{key}' is {share}; it must be greater than 0 and at most 1.");
        return share;
    }

    public static TimeSpan Wait(Config section, string key, TimeSpan shortest) => Wait(section, key, shortest, TimeSpan.FromDays(1));

    /// <summary>Null when the key says off; at most 30 days.</summary>
    public static TimeSpan? WaitOrOff(Config section, string key, TimeSpan shortest) =>
        Read(section, key, k => section.GetString(k)) == "off" ? null : Wait(section, key, shortest, TimeSpan.FromDays(30));

    private static TimeSpan Wait(Config section, string key, TimeSpan shortest, TimeSpan longest)
    {
        var wait = Read(section, key, k => section.GetTimeSpan(k));
        if (wait < shortest || wait > longest)
            throw new ConfigurationException($"'{key}' is {wait}; it must be from {shortest} to {longest}.");
        return wait;
    }
}
