using Akka.Configuration;
using RetainActors.Cli.Configuration;

namespace RetainActors.Release.Tests.Contracts;

/// <summary>Keys of HOCON are a contract: what somebody set once goes on to mean the same.</summary>
public sealed class ConfigurationKeySpecs
{
    public static TheoryData<string> References { get; } = ["RetainActors", "RetainActors.Persistence", "RetainActors.Cluster"];

    public static TheoryData<string> Profiles { get; } = ["file", "memory", "cluster-postgres"];

    [Theory(DisplayName = "Every key of a package should have the default that is approved")]
    [MemberData(nameof(References))]
    public void Defaults(string package) => Verify(Repository.File("src", package, "reference.conf"), $"{package}.conf.txt");

    [Theory(DisplayName = "Every profile should set what is approved")]
    [MemberData(nameof(Profiles))]
    public void Set(string profile) => Verify(Repository.File("hocon", $"{profile}.conf"), $"profile-{profile}.conf.txt");

    private static void Verify(string path, string approved) => Approval.Verify(
        string.Join('\n', EffectiveConfig.Of([new ConfigLayer("", ConfigurationFactory.ParseString(File.ReadAllText(path)))]).Select(setting => $"{setting.Key} = {setting.Value}")),
        Repository.File("tests", "RetainActors.Release.Tests", "Approved", approved));
}
