using Akka.Configuration;
using Akka.TestKit.Xunit2;
using RetainActors.Storage;
using static RetainActors.Persistence.Tests.RecordingActor;

namespace RetainActors.Persistence.Tests;

/// <summary>Whole services that stop and start again.</summary>
public sealed class FileJournalRestartSpecs : TestKit
{
    [Fact(DisplayName = "The file journal should keep its events over a restart of the actor system")]
    public async Task File_restarts()
    {
        using var journal = TestJournal.File();

        await ExpectToSurviveAsync(journal.Config);
    }

    [Fact(DisplayName = "The memory journal should keep its events over a restart when a setup carries the file system")]
    public async Task Memory_restarts() => await ExpectToSurviveAsync(
        TestJournal.Memory().Config,
        FileJournalSetup.Empty.WithFileSystem(FilePersistence.MemoryJournalPath, new MemoryFileSystem()));

    [Fact(DisplayName = "The memory journal should forget its events with the actor system when there is no setup")]
    public async Task Memory_forgets()
    {
        await using (var service = Service.Start(TestJournal.Memory().Config)) await StoreAsync(service, "a", "x");

        await using var again = Service.Start(TestJournal.Memory().Config);

        Assert.Empty((await RecoverAsync(again, "a")).Events);
    }

    [Fact(DisplayName = "A plain persistent actor should be durable with the three lines of the package's README")]
    public async Task Three_lines()
    {
        using var directory = new TempDirectory();
        var readme = File.ReadAllText(Repository.File("src", "RetainActors.Persistence", "README.md"));
        var lines = readme.Split("```hocon\n")[1].Split("```")[0];
        Assert.Equal(3, lines.TrimEnd().Split('\n').Length);

        await ExpectToSurviveAsync(ConfigurationFactory.ParseString(lines.Replace("./data", directory.File("data"), StringComparison.Ordinal))
            .WithFallback("akka.persistence.snapshot-store.plugin = \"akka.persistence.no-snapshot-store\""));

        Assert.NotEmpty(Directory.EnumerateFiles(directory.File("data", "journal"), "*.segment"));
    }

    [Fact(DisplayName = "One actor system should run several journals, each with an id and a root of its own")]
    public async Task Two_journals()
    {
        using var first = TestJournal.File();
        using var second = new TempDirectory();
        const string otherId = "my.second-journal";
        var config = TestJournal.ConfigFor(otherId, $"root = \"{second.Path}\"").WithFallback(first.Config);

        await using (var service = Service.Start(config))
        {
            await StoreAsync(service, "a", "in the first", FilePersistence.JournalPath);
            await StoreAsync(service, "a", "in the second", otherId);
        }

        await using var again = Service.Start(config);
        Assert.Equal(["in the first"], (await RecoverAsync(again, "a", FilePersistence.JournalPath)).Events);
        Assert.Equal(["in the second"], (await RecoverAsync(again, "a", otherId)).Events);
    }

    [Theory(DisplayName = "A profile of the folder hocon should start a service that keeps its events")]
    [InlineData("file.conf", "retain-file")]
    [InlineData("memory.conf", "retain-memory")]
    public async Task Profiles(string profile, string plugin)
    {
        using var directory = new TempDirectory();
        var pluginId = $"akka.persistence.journal.{plugin}";
        var root = profile == "file.conf" ? $"{pluginId}.root = \"{directory.Path}\"" : "";
        var config = ConfigurationFactory.ParseString($"akka.loglevel = WARNING\n{root}")
            .WithFallback(ConfigurationFactory.ParseString(File.ReadAllText(Repository.File("hocon", profile))));
        var setup = profile == "memory.conf"
            ? FileJournalSetup.Empty.WithFileSystem(pluginId, new MemoryFileSystem())
            : null;

        await ExpectToSurviveAsync(config, setup);

        await using var service = Service.Start(config, setup);
        Assert.Equal("fail", service.System.Settings.Config.GetString($"{pluginId}.replay-filter.mode"));
        Assert.Equal(
            TimeSpan.FromSeconds(60), service.System.Settings.Config.GetTimeSpan($"{pluginId}.circuit-breaker.call-timeout"));
        Assert.True(service.System.Settings.AskTimeout > TimeSpan.Zero);
        Assert.False(Directory.Exists("snapshots"));
    }

    private async Task ExpectToSurviveAsync(Config config, FileJournalSetup? setup = null)
    {
        await using (var service = Service.Start(config, setup))
        {
            await StoreAsync(service, "a", "x");
            await StoreAsync(service, "a", "y");
        }

        await using var again = Service.Start(config, setup);
        var recovered = await RecoverAsync(again, "a");
        Assert.Equal(["x", "y"], recovered.Events);
        Assert.Equal(2, recovered.SequenceNr);
    }

    private async Task StoreAsync(Service service, string id, string text, string? journalId = null)
    {
        var probe = CreateTestProbe();
        var actor = service.Record(id, probe, journalId);
        actor.Tell(new Keep(text), probe);
        await probe.ExpectMsgAsync<Recovered>();
        await probe.ExpectMsgAsync<Stored>();
        await probe.WatchAsync(actor);
        service.System.Stop(actor);
        await probe.ExpectTerminatedAsync(actor);
    }

    private async Task<Recovered> RecoverAsync(Service service, string id, string? journalId = null)
    {
        var probe = CreateTestProbe();
        service.Record(id, probe, journalId);
        return await probe.ExpectMsgAsync<Recovered>();
    }
}
