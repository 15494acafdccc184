using Akka.Configuration;
using RetainActors.Cli.Configuration;
using RetainActors.Cli.Tests.MarkdownPipeline;

namespace RetainActors.Cli.Tests.Commands;

public sealed class ConfigCommandSpecs : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact(DisplayName = "retain config should print the tool's own profile, which --config takes")]
    public async Task Profile()
    {
        var result = await RetainCli.RunAsync("config");

        Assert.Equal((ExitCode.Ok, ""), (result.ExitCode, result.Error));
        Assert.Equal(File.ReadAllText(Repository.File("hocon", "file.conf")), result.Output);
        Assert.Equal(ExitCode.Usage, (await RetainCli.RunAsync("config", "--json")).ExitCode);
    }

    [Fact(DisplayName = "retain config --effective --json should write exactly the approved document")]
    public async Task Json()
    {
        var config = _directory.Write("my.conf", """
            retain.run.park-after = 2
            akka.persistence.journal.retain-file { root = "/var/lib/retain", total-size-warning = 10 GiB }
            """);

        var result = await RetainCli.RunAsync("config", "--effective", "--config", config, "--json");

        Assert.Equal((ExitCode.Ok, ""), (result.ExitCode, result.Error));
        Approval.Verify(
            result.Output.Replace(_directory.Path, "DIR", StringComparison.Ordinal).Replace("{\"key\"", "\n{\"key\"", StringComparison.Ordinal),
            Handbook.ApprovedFile("config.json"));
    }

    [Fact(DisplayName = "retain config --effective should say of every setting which file it comes from, --root above --config above the profile")]
    public async Task Origins()
    {
        var config = _directory.Write("my.conf", "retain.run.park-after = 2, akka.persistence.journal.retain-file { root = elsewhere, segment-size = 4 MiB }");

        var lines = (await RetainCli.RunAsync("config", "--effective", "--config", config, "--root", "/var/retain")).Output.Split('\n');

        Assert.StartsWith("# The root is /var/retain. The first of these that sets a key wins: retain, --root, ", lines[0], StringComparison.Ordinal);
        Assert.Contains("akka.persistence.journal.retain-file.root = \"/var/retain\" # --root", lines);
        Assert.Contains($"akka.persistence.journal.retain-file.segment-size = 4 MiB # {config}", lines);
        Assert.Contains($"retain.run.park-after = 2 # {config}", lines);
        Assert.Contains("akka.persistence.journal.retain-file.replay-filter.mode = fail # hocon/file.conf", lines);
        Assert.Contains("retain.run.max-steps = 10000 # RetainActors/reference.conf", lines);
        Assert.DoesNotContain(lines, line => line.StartsWith("akka.actor", StringComparison.Ordinal));
    }

    [Fact(DisplayName = "What retain config --effective --all prints, read back, should be what Akka makes of the same files")]
    public async Task Read_back()
    {
        var config = _directory.Write("my.conf", """
            akka.persistence.journal.retain-file.compaction.live-share = 0.25
            akka.actor { serialization-bindings { "My.Event, My" = retain-test } }
            mine { list = [1, "two words", { a = b }], odd = "a\"b\\c # d", empty = "", gone = null }
            mine.scalar = 1
            """);
        var settings = RetainConfig.Load("/var/retain", config, readOnly: false);
        var merged = settings.Config.WithFallback(Akka.Persistence.Persistence.DefaultConfig()).WithFallback(ConfigurationFactory.Default());

        var result = await RetainCli.RunAsync("config", "--effective", "--all", "--config", config, "--root", "/var/retain");
        var printed = ConfigurationFactory.ParseString(result.Output);

        Assert.Equal((ExitCode.Ok, ""), (result.ExitCode, result.Error));
        var keys = EffectiveConfig.Of([new ConfigLayer("", printed)]).Select(setting => setting.Key).ToList();
        Assert.True(keys.Count > 400, $"only {keys.Count} settings were compared");
        Assert.All(keys, key => Assert.Equal(Text(merged, key), Text(printed, key)));
        Assert.All(Leaves(merged), key => Assert.Contains(key, keys));

        static string Text(Config config, string key) => HoconWriter.Text(config.GetValue(key));

        // Akka's own merge keeps its fallbacks as a chain.
        static IEnumerable<string> Leaves(Config config)
        {
            for (var layer = config; layer is not null; layer = layer.Fallback)
                foreach (var setting in EffectiveConfig.Of([new ConfigLayer("", layer)]))
                    yield return setting.Key;
        }
    }

    [Theory(DisplayName = "Secrets should be masked by the name of their key, and within connection strings and addresses")]
    [InlineData("a.password", "hunter2", "\"***\"")]
    [InlineData("akka.db-password", "hunter2", "\"***\"")]
    [InlineData("x.api-key", "hunter2", "\"***\"")]
    [InlineData("x.secret.value", "hunter2", "\"***\"")]
    [InlineData("x.\"my.Token\"", "hunter2", "\"***\"")]
    [InlineData("x.connection-string", "\"Host=h;Password=hunter2;Port=5\"", "\"Host=h;Password=***;Port=5\"")]
    [InlineData("x.connection-string", "\"Host=h;pwd = 'hun;ter2' ;Port=5\"", "\"Host=h;pwd = *** ;Port=5\"")]
    [InlineData("x.connection-string", "\"AccountKey=hunter2==\"", "\"AccountKey=***\"")]
    [InlineData("x.url", "\"https://me:hunter2@host/p\"", "\"https://me:***@host/p\"")]
    [InlineData("x.url", "\"https://host/p?token=hunter2&q=1\"", "\"https://host/p?token=***&q=1\"")]
    [InlineData("x.token-lifetime", "5s", "5s")]
    [InlineData("retain.run.max-steps", "10000", "10000")]
    public void Secrets(string key, string value, string expected) => Assert.Equal(expected, SecretMask.Apply(key, value));

    [Fact(DisplayName = "retain config --effective should mask what the user's file holds, also with --json, and open nothing")]
    public async Task Masked()
    {
        var config = _directory.Write("my.conf", """
            retain {
              database { connection-string = "Host=h;Username=u;Password=hunter2", token = hunter2 }
              keys = ["password=hunter2"]
            }
            """);
        var root = _directory.File("root");

        var text = await RetainCli.RunAsync("config", "--effective", "--all", "--config", config, "--root", root);
        var json = await RetainCli.RunAsync("config", "--effective", "--config", config, "--root", root, "--json");

        Assert.All([text, json], result =>
        {
            Assert.Equal(ExitCode.Ok, result.ExitCode);
            Assert.Contains("Username=u;Password=***", result.Output, StringComparison.Ordinal);
            Assert.DoesNotContain("hunter2", result.Output, StringComparison.Ordinal);
        });
        Assert.False(Directory.Exists(root));
    }
}
