using System.Runtime.Versioning;
using Akka.Configuration;
using Akka.Persistence;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using RetainActors.Storage;
using static RetainActors.Persistence.Tests.RecordingActor;

namespace RetainActors.Persistence.Tests;

/// <summary>What happens when the log of a starting journal cannot be opened.</summary>
public sealed class FileJournalOpeningSpecs : TestKit
{
    private const string QuickRetry = "open-retry { min-backoff = 10ms, max-backoff = 20ms }";

    [Fact(DisplayName = "FileJournal should fail fast with the reason while its root is in use, and heal when it is free")]
    public async Task Root_in_use()
    {
        using var journal = TestJournal.File(QuickRetry);
        var owner = FileLog.Open(
            new FileLogSettings { Directory = Path.Combine(journal.Root, "journal") }, PosixFileSystem.Instance);
        await using var service = Service.Start(journal.Config);
        var failures = CreateTestProbe();
        service.System.EventStream.Subscribe(failures, typeof(JournalFailed));
        var probe = CreateTestProbe();

        await ExpectRecoveryFailureAsync<RootInUseException>(service, probe);
        await ExpectRecoveryFailureAsync<RootInUseException>(service, probe);
        var health = await HealthAsync(service);
        Assert.Equal(PersistenceHealthStatus.Unhealthy, health.Status);
        Assert.IsType<RootInUseException>(health.Exception);
        Assert.Equal("RootInUse", health.Data!["reason"]);
        Assert.IsType<RootInUseException>((await failures.ExpectMsgAsync<JournalFailed>()).Cause);

        owner.Dispose();

        await AwaitAssertAsync(
            async () => Assert.Equal(PersistenceHealthStatus.Healthy, (await HealthAsync(service)).Status),
            TimeSpan.FromSeconds(10));
        await failures.ExpectNoMsgAsync(TimeSpan.Zero);
        service.Record("a", probe).Tell(new Keep("x"), probe);
        await probe.ExpectMsgAsync<Recovered>();
        await probe.ExpectMsgAsync<Stored>();
    }

    [SkippableFact(DisplayName = "FileJournal should keep the reason when its root is unsafe and leave the root alone")]
    [UnsupportedOSPlatform("windows")]
    public async Task Root_unsafe()
    {
        Requires.Linux();
        using var journal = TestJournal.File(QuickRetry);
        var directory = Directory.CreateDirectory(Path.Combine(journal.Root, "journal"));
        directory.UnixFileMode = (UnixFileMode)0b111_111_111;
        await using var service = Service.Start(journal.Config);

        await ExpectRecoveryFailureAsync<RootUnsafeException>(service, CreateTestProbe());

        Assert.Equal("RootUnsafe", (await HealthAsync(service)).Data!["reason"]);
        Assert.Empty(directory.EnumerateFileSystemInfos());
    }

    [Theory(DisplayName = "FileJournal should fail every request with the key of a wrong setting")]
    [InlineData("root = \"\"", "'root'")]
    [InlineData("file-system = floppy", "'file-system'")]
    public async Task Wrong_setting(string line, string key)
    {
        using var journal = TestJournal.File(line);
        await using var service = Service.Start(journal.Config);

        var failure = await ExpectRecoveryFailureAsync<ConfigurationException>(service, CreateTestProbe());

        Assert.Contains(key, failure.Message, StringComparison.Ordinal);
        Assert.Contains(FilePersistence.JournalPath, failure.Message, StringComparison.Ordinal);
        Assert.Equal(PersistenceHealthStatus.Unhealthy, (await HealthAsync(service)).Status);
    }

    [Fact(DisplayName = "FilePersistence should give a copy of a section under another name all defaults, and validate it by name")]
    public async Task Copies()
    {
        const string copy = "akka.persistence.journal.audit";
        using var journal = TestJournal.File();
        await using var service = Service.Start(ConfigurationFactory.ParseString($$"""
            {{copy}} { class = "RetainActors.Persistence.FileJournal, RetainActors.Persistence", root = "{{journal.Root}}", segment-size = 1 }
            akka.persistence.journal.theirs { class = "Akka.Persistence.Journal.MemoryJournal, Akka.Persistence", circuit-breaker.call-timeout = 5s }
            """).WithFallback(journal.Config));
        var persistence = FilePersistence.Get(service.System);

        var section = service.System.Settings.Config.GetConfig(copy);
        Assert.Equal((TimeSpan.FromSeconds(60), "fail"), (section.GetTimeSpan("circuit-breaker.call-timeout"), section.GetString("replay-filter.mode")));
        Assert.False(service.System.Settings.Config.HasPath("akka.persistence.journal.theirs.root"));
        persistence.Validate(FilePersistence.JournalPath);
        Assert.StartsWith($"{copy}: 'segment-size'", Assert.Throws<ConfigurationException>(() => persistence.Validate(copy)).Message, StringComparison.Ordinal);
        Assert.StartsWith("nowhere is missing", Assert.Throws<ConfigurationException>(() => persistence.Validate("nowhere")).Message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "FileJournal should only read when told so, beside the owner")]
    public async Task Read_only()
    {
        using var journal = TestJournal.File();
        var probe = CreateTestProbe();
        await using var owner = Service.Start(journal.Config);
        owner.Record("a", probe).Tell(new Keep("x"), probe);
        await probe.ExpectMsgAsync<Recovered>();
        await probe.ExpectMsgAsync<Stored>();
        await using var reader = Service.Start(
            ConfigurationFactory.ParseString($"{FilePersistence.JournalPath}.read-only = on").WithFallback(journal.Config));

        reader.Record("b", probe).Tell(new Keep("y"), probe);

        await probe.ExpectMsgAsync<Recovered>();
        Assert.IsType<LogReadOnlyException>((await probe.ExpectMsgAsync<Failed>()).Cause);
        Assert.Equal(PersistenceHealthStatus.Healthy, (await HealthAsync(reader)).Status);
    }

    private static async Task<Exception> ExpectRecoveryFailureAsync<TException>(Service service, TestProbe probe)
    {
        service.Record("a", probe);
        var cause = (await probe.ExpectMsgAsync<RecoveryFailed>(TimeSpan.FromSeconds(5))).Cause;
        Assert.IsType<TException>(cause);
        return cause;
    }

    private static async Task<PersistenceHealthCheckResult> HealthAsync(Service service)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        return await Akka.Persistence.Persistence.Instance.Apply(service.System)
            .CheckJournalHealthAsync(FilePersistence.JournalPath, timeout.Token);
    }
}
