using Akka.Configuration;
using Akka.Hosting;
using Akka.TestKit.Xunit2;
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
            })
            .AddHocon("retain.checkpoint.max-batch-size = 2 MiB", HoconAddMode.Append));

        Assert.All(
            new[] { "journal-plugin-id", "max-record-size", "max-queue-length", "max-batch-size", "in-flight-timeout", "passivate-after", "client.request-timeout", "client.resend-interval" },
            key => Assert.Equal(RetainCheckpoints.DefaultConfig.GetString("retain.checkpoint." + key), defaults.Config.GetString("retain.checkpoint." + key)));
        var section = set.Config.GetConfig("retain.checkpoint");
        Assert.Equal((FilePersistence.MemoryJournalPath, "1048576", 7), (section.GetString("journal-plugin-id"), section.GetString("max-record-size"), section.GetInt("max-queue-length")));
        Assert.Equal(("1000ms", "off", "2000ms", "500ms"), (section.GetString("in-flight-timeout"), section.GetString("passivate-after"),
            section.GetString("client.request-timeout"), section.GetString("client.resend-interval")));
        Assert.Equal(2L << 20, section.GetByteSize("max-batch-size"));
    }

    [Fact(DisplayName = "A wrong option of checkpoints should fail the start of the host and name its key")]
    public async Task Wrong_option()
    {
        var refusal = await Assert.ThrowsAnyAsync<Exception>(() => StartAsync(builder => builder.WithRetainCheckpoints(options => options.MaxQueueLength = 0)));

        var cause = refusal as ConfigurationException ?? refusal.GetBaseException() as ConfigurationException;
        Assert.Contains("retain.checkpoint.max-queue-length", Assert.IsType<ConfigurationException>(cause).Message, StringComparison.Ordinal);
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
