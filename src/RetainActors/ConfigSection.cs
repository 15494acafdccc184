using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace RetainActors;

/// <summary>A section of the configuration; what is wrong in it is refused by the full path of its key.</summary>
internal sealed class ConfigSection(string path, Config config)
{
    /// <summary>The section at a path.</summary>
    /// <exception cref="ConfigurationException">There is none.</exception>
    public static ConfigSection At(Config root, string path) => At(root, path, path);

    public ConfigSection Section(string key) => At(config, key, $"{path}.{key}");

    /// <summary>The items of a list of sections, each with this section below it.</summary>
    public IEnumerable<ConfigSection> Items(string key) => (config.GetValue(key)?.GetArray() ?? [])
        .Select((item, i) => new ConfigSection($"{path}.{key}[{i}]", new Config(new HoconRoot(item)).WithFallback(config)));

    public string Text(string key) => config.GetString(key) ?? "";

    public bool Flag(string key) => Read(key, key => config.GetBoolean(key));

    /// <summary>At least 1.</summary>
    public int Count(string key)
    {
        var count = Read(key, key => config.GetInt(key));
        Require(count >= 1, key, "must be at least 1");
        return count;
    }

    /// <summary>From 1 to <paramref name="most"/>.</summary>
    public int Count(string key, int most)
    {
        var count = Read(key, key => config.GetInt(key));
        Require(count >= 1 && count <= most, key, $"must be from 1 to {most}; it is {count}");
        return count;
    }

    public int Size(string key, int minimum, int maximum)
    {
        var bytes = Read(key, key => config.GetByteSize(key));
        Require(bytes >= minimum && bytes <= maximum, key, $"must be a size between {minimum} and {maximum} bytes");
        return checked((int)bytes!.Value);
    }

    /// <summary>A time greater than zero.</summary>
    public TimeSpan Time(string key)
    {
        var time = TimeOrNone(key);
        Require(time > TimeSpan.Zero, key, "must be a time greater than zero");
        return time;
    }

    /// <summary>A time, or zero for none.</summary>
    public TimeSpan TimeOrNone(string key) => Read(key, key => config.GetTimeSpan(key, TimeSpan.Zero, allowInfinite: false));

    /// <summary>A time greater than zero; null when the key says off.</summary>
    public TimeSpan? TimeOrOff(string key) => Text(key) is "off" ? null : Time(key);

    public void Require(bool condition, string key, string problem)
    {
        if (!condition) throw Wrong(key, problem);
    }

    /// <summary>That a key is wrong.</summary>
    public ConfigurationException Wrong(string key, string problem) => new($"{path}.{key} {problem}.");

    /// <summary>The getters of HOCON answer what they cannot read by exceptions that name no key.</summary>
    private T Read<T>(string key, Func<string, T> get)
    {
        try
        {
            return get(key);
        }
        catch (Exception e) when (e is not ConfigurationException)
        {
            throw new ConfigurationException($"{path}.{key} cannot be read: {e.Message}", e);
        }
    }

    private static ConfigSection At(Config parent, string key, string path) =>
        new(path, parent.GetConfig(key) ?? throw new ConfigurationException($"{path} is missing."));
}
