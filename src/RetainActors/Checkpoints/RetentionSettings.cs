using System.Collections.Frozen;
using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace RetainActors.Checkpoints;

/// <summary>The settings of <c>retain.checkpoint.retention</c>: a default and the banks that differ.</summary>
internal sealed record RetentionSettings(RetentionPolicy Default, FrozenDictionary<string, RetentionPolicy> Banks)
{
    private const string Path = "retain.checkpoint.retention";

    public RetentionPolicy For(string bank) => Banks.GetValueOrDefault(bank, Default);

    /// <summary>Reads and checks the settings.</summary>
    /// <exception cref="ConfigurationException">Names the key that is missing or out of range.</exception>
    public static RetentionSettings From(Config config)
    {
        var banks = new Dictionary<string, RetentionPolicy>(StringComparer.Ordinal);
        var list = config.GetValue("banks")?.GetArray() ?? [];
        for (var i = 0; i < list.Count; i++)
        {
            var path = $"{Path}.banks[{i}]";
            var own = new Config(new HoconRoot(list[i]));
            var bank = own.GetString("bank");
            if (string.IsNullOrEmpty(bank)) throw new ConfigurationException($"{path}.bank is missing.");
            if (!banks.TryAdd(bank, PolicyOf(own.WithFallback(config), path)))
                throw new ConfigurationException($"{path}.bank is '{bank}', which an earlier one is already.");
        }

        return new RetentionSettings(PolicyOf(config, Path), banks.ToFrozenDictionary(StringComparer.Ordinal));
    }

    private static RetentionPolicy PolicyOf(Config config, string path) =>
        new(KeepOf(config, path), OnSuccessOf(config, path), ExpireAfterOf(config, path));

    private static int? KeepOf(Config config, string path)
    {
        var text = config.GetString("keep-revisions");
        if (text is "off" or "false") return null;
        return int.TryParse(text, out var keep) && keep >= 1
            ? keep
            : throw new ConfigurationException($"{path}.keep-revisions must be at least 1, or off; it is '{text}'.");
    }

    private static OnSuccess OnSuccessOf(Config config, string path) => config.GetString("on-success") switch
    {
        "keep" => OnSuccess.Keep,
        "delete" => OnSuccess.Delete,
        "expire" => OnSuccess.Expire,
        var other => throw new ConfigurationException($"{path}.on-success must be keep, delete or expire; it is '{other}'."),
    };

    private static TimeSpan ExpireAfterOf(Config config, string path)
    {
        var time = config.GetTimeSpan("expire-after", TimeSpan.Zero, allowInfinite: false);
        return time > TimeSpan.Zero ? time : throw new ConfigurationException($"{path}.expire-after must be a time greater than zero.");
    }
}
