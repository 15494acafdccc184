using Akka.Actor;
using Akka.Configuration;
using RetainActors.Checkpoints;
using RetainActors.Persistence;
using RetainActors.Storage;

namespace RetainActors.Tests;

/// <summary>The extension and its client on the real file journal, over restarts of the actor system.</summary>
public sealed class RetainCheckpointsSpecs : IDisposable
{
    private readonly TempDirectory _root = new();

    [Fact(DisplayName = "The client should save, load and delete as the seed did, and say whether there was a checkpoint")]
    public async Task Seed_shape()
    {
        await WithSystemAsync(async client =>
        {
            Assert.Null(await client.LoadAsync(Contexts.Key));
            Assert.False(await client.DeleteAsync(Contexts.Key));
            Assert.Equal(1, await client.SaveAsync(Contexts.After("READ")));
            Assert.Equal(Contexts.After("READ"), (await client.LoadAsync(Contexts.Key))!.Context);
            Assert.True(await client.DeleteAsync(Contexts.Key));
            Assert.False(await client.DeleteAsync(Contexts.Key));
            Assert.Null(await client.LoadAsync(Contexts.Key));
        });
    }

    [Fact(DisplayName = "Checkpoints should survive the actor system, with revisions that go on and save ids that are known")]
    public async Task Restart()
    {
        var id = Guid.NewGuid();
        await WithSystemAsync(async client =>
        {
            await client.SaveAsync(Contexts.After("INIT"));
            Assert.Equal(2, await client.SaveAsync(Contexts.After("INIT", "READ"), id));
        });
        await WithSystemAsync(async client =>
        {
            Assert.Equal("READ", (await client.LoadAsync(Contexts.Key))!.Context.CompletedState);
            Assert.Equal(2, await client.SaveAsync(Contexts.After("INIT", "READ"), id));
            Assert.True(await client.DeleteAsync(Contexts.Key));
        });
        await WithSystemAsync(async client =>
        {
            Assert.Null(await client.LoadAsync(Contexts.Key));
            Assert.Equal(4, await client.SaveAsync(Contexts.After("INIT"), expectedRevision: 0));
        });
    }

    [Fact(DisplayName = "Loading or deleting unknown keys should write nothing")]
    public async Task Reads_write_nothing()
    {
        await WithSystemAsync(client => client.SaveAsync(Contexts.After()));
        await WithSystemAsync(async client =>
        {
            for (var i = 0; i < 20; i++)
            {
                Assert.Null(await client.LoadAsync(new CheckpointKey("unknown", $"{i}")));
                Assert.False(await client.DeleteAsync(new CheckpointKey("unknown", $"{i}")));
            }
        });
        await WithSystemAsync(async client => Assert.NotNull(await client.LoadAsync(Contexts.Key)));

        using var log = FileLog.Open(new FileLogSettings { Directory = _root.File("journal"), ReadOnly = true }, PosixFileSystem.Instance);
        Assert.Equal([Contexts.Key.PersistenceId], log.Ids);
        Assert.Equal(1, await log.GetHighestSequenceNumberAsync(Contexts.Key.PersistenceId));
    }

    [Fact(DisplayName = "A root that another system owns should make every request fail by name, without a hang")]
    public async Task Root_in_use()
    {
        await WithSystemAsync(async owner =>
        {
            await owner.SaveAsync(Contexts.After());
            await WithSystemAsync(RefusedAsync);
        });

        static async Task RefusedAsync(ICheckpointClient client)
        {
            var load = await Assert.ThrowsAsync<CheckpointUnavailableException>(() => client.LoadAsync(Contexts.Key));
            Assert.Equal("RootInUse", load.Reason);
            var save = await Assert.ThrowsAsync<SaveRefusedException>(() => client.SaveAsync(Contexts.After()));
            Assert.Equal(RefuseReason.Failed, save.Reason);
        }
    }

    [Fact(DisplayName = "A cancelled call should end, while its save goes on")]
    public async Task Cancelled()
    {
        await WithSystemAsync(async client =>
        {
            using var cancelled = new CancellationTokenSource();
            await cancelled.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.SaveAsync(Contexts.After(), cancellationToken: cancelled.Token));
            Assert.NotNull(await client.LoadAsync(Contexts.Key));
        });
    }

    [Fact(DisplayName = "A call of an actor system that has ended should be answered so, without a hang")]
    public async Task Terminated()
    {
        ICheckpointClient? late = null;
        await WithSystemAsync(client => Task.FromResult(late = client));

        Assert.Equal("Stopped", (await Assert.ThrowsAsync<CheckpointUnavailableException>(() => late!.LoadAsync(Contexts.Key))).Reason);
        await Assert.ThrowsAsync<SaveUnknownException>(() => late!.SaveAsync(Contexts.After()));
        Assert.Equal(ListRefuseReason.Unavailable, (await Assert.ThrowsAsync<ListRefusedException>(() => late!.ListAsync())).Reason);
    }

    [Theory(DisplayName = "A wrong setting should be refused at start by its key")]
    [InlineData("max-queue-length = 0", "max-queue-length")]
    [InlineData("max-record-size = 1", "max-record-size")]
    [InlineData("in-flight-timeout = 40s", "in-flight-timeout")]
    [InlineData("client.resend-interval = 0s", "client.resend-interval")]
    [InlineData("restart-backoff.min = 1h", "restart-backoff.min")]
    [InlineData("region = \"No.Such.Region, Nowhere\"", "region")]
    [InlineData("retention.keep-revisions = 0", "retention.keep-revisions")]
    [InlineData("retention.on-success = burn", "retention.on-success")]
    [InlineData("retention.banks = [ { bank = a }, { bank = a } ]", "retention.banks[1].bank")]
    [InlineData("retention.banks = [ { keep-revisions = 1 } ]", "retention.banks[0].bank")]
    [InlineData("retention.banks = [ { bank = a, expire-after = 0s } ]", "retention.banks[0].expire-after")]
    public async Task Wrong_setting(string setting, string key)
    {
        var system = ActorSystem.Create("wrong", ConfigurationFactory.ParseString($"retain.checkpoint.{setting}").WithFallback(TestJournal.Config));
        try
        {
            Assert.Contains($"retain.checkpoint.{key} ", Assert.Throws<ConfigurationException>(() => RetainCheckpoints.Get(system)).Message);
        }
        finally
        {
            await system.Terminate();
        }
    }

    [Fact(DisplayName = "Every default of reference.conf should be what the documents say")]
    public void Defaults()
    {
        var settings = CheckpointSettings.From(RetainCheckpoints.DefaultConfig);
        Assert.Empty(settings.Retention.Banks);
        Assert.Equal(Documented with { Retention = settings.Retention }, settings);
        Assert.Equal(new RetentionPolicy(10, OnSuccess.Keep, TimeSpan.FromDays(30)), settings.Retention.Default);
    }

    private static readonly CheckpointSettings Documented = new(
        Region: "local",
        JournalPluginId: "",
        MaxRecordSizeBytes: 4 * 1024 * 1024,
        MaxQueueLength: 1000,
        MaxBatchSizeBytes: 4 * 1024 * 1024,
        InFlightTimeout: TimeSpan.FromSeconds(20),
        PassivateAfter: TimeSpan.FromSeconds(120),
        RequestTimeout: TimeSpan.FromSeconds(30),
        ResendInterval: TimeSpan.FromSeconds(5),
        RetryFailures: false,
        RestartBackoff: new Backoff(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(5), Jitter: 0),
        Retention: null!);

    [Fact(DisplayName = "A bank's own retention should stand over the default, key by key")]
    public void Retention_of_a_bank()
    {
        var settings = CheckpointSettings.From(ConfigurationFactory.ParseString(
            """
            retain.checkpoint.retention {
              keep-revisions = off
              banks = [ { bank = "a b", keep-revisions = 1 }, { bank = "ü", on-success = expire, expire-after = 2 h } ]
            }
            """).WithFallback(RetainCheckpoints.DefaultConfig)).Retention;

        Assert.Equal(new RetentionPolicy(null, OnSuccess.Keep, TimeSpan.FromDays(30)), settings.For("other"));
        Assert.Equal(new RetentionPolicy(1, OnSuccess.Keep, TimeSpan.FromDays(30)), settings.For("a b"));
        Assert.Equal(new RetentionPolicy(null, OnSuccess.Expire, TimeSpan.FromHours(2)), settings.For("ü"));
    }

    [Fact(DisplayName = "passivate-after = off should keep actors in memory")]
    public void Passivation_off() => Assert.Null(
        CheckpointSettings.From(ConfigurationFactory.ParseString("retain.checkpoint.passivate-after = off").WithFallback(RetainCheckpoints.DefaultConfig)).PassivateAfter);

    public void Dispose() => _root.Dispose();

    private async Task WithSystemAsync(Func<ICheckpointClient, Task> use)
    {
        var config = ConfigurationFactory.ParseString(
            $"""
            akka.persistence.journal.plugin = "{FilePersistence.JournalPath}"
            akka.persistence.journal.retain-file.root = "{_root.Path}"
            akka.loglevel = OFF
            akka.stdout-loglevel = OFF
            """).WithFallback(FilePersistence.DefaultConfig);
        var system = ActorSystem.Create("checkpoints", config);
        try
        {
            await use(RetainCheckpoints.Get(system).Client);
        }
        finally
        {
            await system.Terminate();
        }
    }
}
