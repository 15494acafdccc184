using System.Collections.Frozen;
using Akka.Configuration;

namespace RetainActors.Checkpoints;

/// <summary>The settings of <c>retain.checkpoint.retention</c>: a default and the banks that differ.</summary>
internal sealed record RetentionSettings(RetentionPolicy Default, FrozenDictionary<string, RetentionPolicy> Banks)
{
    public RetentionPolicy For(string bank) => Banks.GetValueOrDefault(bank, Default);

    /// <summary>Reads and checks the settings.</summary>
    /// <exception cref="ConfigurationException">Names the key that is missing or out of range.</exception>
    public static RetentionSettings From(ConfigSection section)
    {
        var banks = new Dictionary<string, RetentionPolicy>(StringComparer.Ordinal);
        foreach (var own in section.Items("banks"))
        {
            var bank = own.Text("bank");
            own.Require(bank.Length > 0, "bank", "is missing");
            own.Require(banks.TryAdd(bank, PolicyOf(own)), "bank", $"is '{bank}', which an earlier one is already");
        }

        return new RetentionSettings(PolicyOf(section), banks.ToFrozenDictionary(StringComparer.Ordinal));
    }

    private static RetentionPolicy PolicyOf(ConfigSection section) =>
        new(KeepOf(section), OnSuccessOf(section), section.Time("expire-after"));

    private static int? KeepOf(ConfigSection section)
    {
        const string key = "keep-revisions";
        var text = section.Text(key);
        if (text is "off" or "false") return null;
        return int.TryParse(text, out var keep) && keep >= 1 ? keep : throw section.Wrong(key, $"must be at least 1, or off; it is '{text}'");
    }

    private static OnSuccess OnSuccessOf(ConfigSection section)
    {
        const string key = "on-success";
        return section.Text(key) switch
        {
            "keep" => OnSuccess.Keep,
            "delete" => OnSuccess.Delete,
            "expire" => OnSuccess.Expire,
            var other => throw section.Wrong(key, $"must be keep, delete or expire; it is '{other}'"),
        };
    }
}
