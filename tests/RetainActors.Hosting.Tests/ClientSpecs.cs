using Akka.Configuration;
using Akka.Hosting;
using Akka.TestKit.Xunit2;
using Microsoft.Extensions.Configuration;
using RetainActors.Checkpoints;
using RetainActors.Persistence;
using RetainActors.Runs;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Hosting.Tests;

public sealed class ClientSpecs
{
    private static readonly CheckpointKey Key = new("bank", "source");

    [Fact(DisplayName = "ICheckpointClient should save and load, and the actor of CheckpointRegion should see the same checkpoint")]
    public async Task Checkpoints()
    {
        await using var hosted = await StartAsync(builder => builder.WithRetainCheckpoints());

        Assert.Equal(1, await hosted.Service<ICheckpointClient>().SaveAsync(new RetainContext(Key) { NextState = "FETCH" }));

        Assert.Equal(Key, Assert.Single((await hosted.Service<ICheckpointClient>().ListAsync()).Items).Key);

        using var kit = new TestKit(hosted.System);
        var region = await hosted.Service<IRequiredActor<CheckpointRegion>>().GetAsync();
        region.Tell(new Load(Key), kit.TestActor);
        Assert.Equal("FETCH", (await kit.ExpectMsgAsync<Loaded>(TimeSpan.FromSeconds(20))).Context.NextState);
    }

    [Fact(DisplayName = "IRunClient should run a source over the state table, whose states take services")]
    public async Task Runs()
    {
        await using var hosted = await StartAsync(builder => builder.WithRetainCheckpoints().WithRetainRuns(services => Table(services.GetService<ICheckpointClient>())));

        var result = await hosted.Service<IRunClient>().RunAsync(Key, "text");

        Assert.Equal((RunOutcome.Completed, null), (result.Outcome, result.Error));
        Assert.Equal("READ", Assert.Single(result.StatesRun));
        Assert.Equal(CheckpointStatus.Completed, (await hosted.Service<ICheckpointClient>().LoadAsync(Key))!.Context.Status);
    }

    [Fact(DisplayName = "A second state table, and IRunClient without one, should be refused by name")]
    public async Task Refused_tables()
    {
        await using var none = await StartAsync(builder => builder.WithRetainCheckpoints());
        Assert.Contains("WithRetainRuns", Assert.Throws<InvalidOperationException>(() => none.Service<IRunClient>()).Message, StringComparison.Ordinal);

        var twice = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(builder => builder
            .WithRetainRuns(_ => Table()).WithRetainRuns(_ => Table())));
        Assert.Contains("WithRetainRuns", twice.Message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Options of checkpoints should reach their keys, and leave the others to HOCON and its defaults")]
    public async Task Checkpoint_options()
    {
        await using var defaults = await StartAsync(builder => builder.WithRetainCheckpoints());
        await using var set = await StartAsync(builder => builder
            .AddHocon("retain.checkpoint { max-queue-length = 7, passivate-after = 9 s }", HoconAddMode.Prepend)
            .WithRetainCheckpoints(options =>
            {
                (options.JournalPluginId, options.MaxRecordSizeBytes) = (FilePersistence.MemoryJournalPath, 1 << 20);
                (options.InFlightTimeout, options.RequestTimeout, options.ResendInterval) =
                    (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(0.5));
                options.PassivateAfter = Timeout.InfiniteTimeSpan;
                (options.MinRestartBackoff, options.MaxRestartBackoff) = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(9));
                options.MetricKeyTags = MetricKeyTags.Bank;
                var retention = options.Retention;
                (retention.KeepRevisions, retention.OnSuccess, retention.ExpireAfter) = (3, SuccessRetention.Expire, TimeSpan.FromDays(2));
                retention.Banks.Add(new BankRetentionOptions { Bank = "a \"b\"", KeepRevisions = int.MaxValue, OnSuccess = SuccessRetention.Delete });
                retention.Banks.Add(new BankRetentionOptions { Bank = "c", ExpireAfter = TimeSpan.FromHours(1) });
            })
            .AddHocon("retain.checkpoint.max-batch-size = 2 MiB", HoconAddMode.Append));

        Assert.All(
            new[]
            {
                "journal-plugin-id", "max-record-size", "max-queue-length", "max-batch-size", "in-flight-timeout", "passivate-after",
                "client.request-timeout", "client.resend-interval", "restart-backoff.min", "restart-backoff.max", "retention.keep-revisions",
                "retention.on-success", "retention.expire-after",
            },
            key => Assert.Equal(RetainCheckpoints.DefaultConfig.GetString("retain.checkpoint." + key), defaults.Config.GetString("retain.checkpoint." + key)));
        var section = set.Config.GetConfig("retain.checkpoint");
        Assert.Equal((FilePersistence.MemoryJournalPath, "1048576", 7), (section.GetString("journal-plugin-id"), section.GetString("max-record-size"), section.GetInt("max-queue-length")));
        Assert.Equal(("1000ms", "off", "2000ms", "500ms"), (section.GetString("in-flight-timeout"), section.GetString("passivate-after"),
            section.GetString("client.request-timeout"), section.GetString("client.resend-interval")));
        Assert.Equal(2L << 20, section.GetByteSize("max-batch-size"));
        Assert.Empty(CheckpointSettings.From(defaults.Config).Retention.Banks);
        Assert.Equal(RetainCheckpoints.DefaultConfig.GetString("retain.telemetry.key-tags"), defaults.Config.GetString("retain.telemetry.key-tags"));
        Assert.Equal("bank", set.Config.GetString("retain.telemetry.key-tags"));
        var settings = CheckpointSettings.From(set.Config);
        Assert.Equal((TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(9)), (settings.RestartBackoff.Min, settings.RestartBackoff.Max));
        Assert.Equal(new RetentionPolicy(3, OnSuccess.Expire, TimeSpan.FromDays(2)), settings.Retention.For("other"));
        Assert.Equal(new RetentionPolicy(null, OnSuccess.Delete, TimeSpan.FromDays(2)), settings.Retention.For("a \"b\""));
        Assert.Equal(new RetentionPolicy(3, OnSuccess.Expire, TimeSpan.FromHours(1)), settings.Retention.For("c"));
    }

    [Theory(DisplayName = "A wrong option of checkpoints should fail the start of the host and name its key")]
    [InlineData("max-queue-length")]
    [InlineData("restart-backoff.min")]
    [InlineData("retention.keep-revisions")]
    [InlineData("retention.expire-after")]
    [InlineData("retention.banks[0].bank")]
    public async Task Wrong_option(string key)
    {
        var refusal = await Assert.ThrowsAnyAsync<Exception>(() => StartAsync(builder => builder.WithRetainCheckpoints(options =>
        {
            if (key == "max-queue-length") options.MaxQueueLength = 0;
            if (key == "restart-backoff.min") options.MinRestartBackoff = TimeSpan.FromHours(1);
            if (key == "retention.keep-revisions") options.Retention.KeepRevisions = 0;
            if (key == "retention.expire-after") options.Retention.ExpireAfter = TimeSpan.Zero;
            if (key == "retention.banks[0].bank") options.Retention.Banks.Add(new BankRetentionOptions());
        })));

        var cause = refusal as ConfigurationException ?? refusal.GetBaseException() as ConfigurationException;
        Assert.Contains($"retain.checkpoint.{key}", Assert.IsType<ConfigurationException>(cause).Message, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "The options of checkpoints should bind from appsettings")]
    public void Binds()
    {
        var options = new RetainCheckpointsOptions();

        new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["MinRestartBackoff"] = "00:00:01", ["MetricKeyTags"] = "Source", ["Retention:KeepRevisions"] = "4", ["Retention:OnSuccess"] = "Expire",
            ["Retention:Banks:0:Bank"] = "scratch", ["Retention:Banks:0:KeepRevisions"] = "1",
        }).Build().Bind(options);

        Assert.Equal(
            (TimeSpan.FromSeconds(1), MetricKeyTags.Source, 4, SuccessRetention.Expire),
            (options.MinRestartBackoff, options.MetricKeyTags, options.Retention.KeepRevisions, options.Retention.OnSuccess));
        var bank = Assert.Single(options.Retention.Banks);
        Assert.Equal(("scratch", 1, null), (bank.Bank, bank.KeepRevisions, bank.OnSuccess));
    }

    private static StateTable Table(ICheckpointClient? client = null) => new StateTableBuilder("READ")
        .Add("READ", (_, context, _) => Task.FromResult(new StateResult(context, client is null ? new Transition.Failed("no service") : new Transition.Complete())))
        .Build();

    private static Task<HostedSystem> StartAsync(Action<AkkaConfigurationBuilder> configure) => HostedSystem.StartAsync(builder =>
    {
        builder.WithRetainFilePersistence(options =>
        {
            options.Root = "/retain";
            options.Journal.FileSystem = options.Snapshots.FileSystem = JournalFileSystem.Memory;
        });
        configure(builder);
    });
}
