using Akka.Actor;
using Akka.Configuration;
using Akka.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RetainActors.Checkpoints;
using RetainActors.Persistence;
using RetainActors.Runs;
using RetainActors.Storage;

namespace RetainActors.Hosting.Tests;

/// <summary>The checks of checkpoints and runs.</summary>
public sealed class RunHealthSpecs
{
    private static readonly CheckpointKey Key = new("bank", "source");

    [Fact(DisplayName = "Checkpoints should be unhealthy while the journal fails them, and healthy with the first save that it takes again")]
    public async Task Failing_journal()
    {
        var memory = new MemoryFileSystem();
        await using var hosted = await StartAsync(memory, builder => builder.WithRetainCheckpoints(
            options => (options.InFlightTimeout, options.RequestTimeout, options.ResendInterval) =
                (TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(100)),
            checkpoints => checkpoints.WithHealthCheck(health => health.MaxFailuresInRow = 2)));
        var client = hosted.Service<ICheckpointClient>();
        await client.SaveAsync(new RetainContext(Key));
        var sound = await hosted.CheckAsync("retain.checkpoint");
        Assert.Equal(HealthStatus.Healthy, sound.Status);
        Assert.Equal(["akka", "checkpoint", "readiness", "retain"], sound.Tags.Order());

        memory.FailNext(FileOperation.Write, FileSystemError.NoSpace, sticky: true);
        await Assert.ThrowsAnyAsync<CheckpointException>(() => client.SaveAsync(new RetainContext(Key)));
        Assert.Equal(HealthStatus.Healthy, (await hosted.CheckAsync("retain.checkpoint")).Status);
        await Assert.ThrowsAnyAsync<CheckpointException>(() => client.SaveAsync(new RetainContext(Key)));
        await client.LoadAsync(new CheckpointKey("bank", "of another"));
        var failing = await hosted.CheckAsync("retain.checkpoint");
        Assert.Equal((HealthStatus.Unhealthy, 2), (failing.Status, failing.Data["failures-in-row"]));
        Assert.StartsWith("The journal failed the last 2 requests: ", failing.Description, StringComparison.Ordinal);

        memory.Heal();
        await client.SaveAsync(new RetainContext(new CheckpointKey("bank", "third")));
        Assert.Equal(HealthStatus.Healthy, (await hosted.CheckAsync("retain.checkpoint")).Status);
    }

    [Fact(DisplayName = "A run without progress should be named with what it does, and be forgotten when it ended")]
    public async Task Stuck()
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var table = new StateTableBuilder("READ").Add("READ", async (_, context, _) =>
        {
            entered.SetResult();
            await open.Task;
            return new StateResult(context, Transition.Completed);
        }).Build();
        await using var hosted = await StartAsync(new MemoryFileSystem(), builder => builder.WithRetainCheckpoints()
            .WithRetainRuns(_ => table, runs => runs.WithHealthCheck(health => health.StuckAfter = TimeSpan.FromTicks(1), name: "strict").WithHealthCheck()));

        var run = hosted.Service<IRunClient>().RunAsync(Key, "text");
        await entered.Task.WaitAsync(TimeSpan.FromSeconds(20));
        var stuck = await hosted.CheckAsync("strict");
        Assert.Equal((HealthStatus.Degraded, 1, 1), (stuck.Status, stuck.Data["stuck"], stuck.Data["live"]));
        Assert.Contains($"{Key} is in READ for ", stuck.Description, StringComparison.Ordinal);
        Assert.Equal(HealthStatus.Healthy, (await hosted.CheckAsync("retain.run")).Status);

        open.SetResult();
        Assert.Equal(RunOutcome.Completed, (await run).Outcome);
        Assert.Equal(HealthStatus.Healthy, (await hosted.CheckAsync("strict")).Status);
    }

    [Fact(DisplayName = "Actors that do not answer should fail the check in its time")]
    public async Task No_answer()
    {
        await using var hosted = await StartAsync(new MemoryFileSystem(), builder => builder.WithRetainCheckpoints(
            checkpoints: checkpoints => checkpoints.WithHealthCheck(failureStatus: HealthStatus.Degraded, timeout: TimeSpan.FromMilliseconds(100))));
        await RetainCheckpoints.Get(hosted.System).ClientActor.GracefulStop(TimeSpan.FromSeconds(20));

        var check = await hosted.CheckAsync("retain.checkpoint");
        Assert.Equal(HealthStatus.Degraded, check.Status);
        Assert.Contains("did not answer in time", check.Description, StringComparison.Ordinal);
    }

    [Theory(DisplayName = "Thresholds should be met as they are set")]
    [InlineData(0, 10, 0, HealthStatus.Healthy)]
    [InlineData(0, 10.25, 0, HealthStatus.Degraded)]
    [InlineData(2, 0, 0, HealthStatus.Healthy)]
    [InlineData(3, 0, 59, HealthStatus.Unhealthy)]
    [InlineData(3, 11, 60, HealthStatus.Degraded)]
    public void Thresholds(int failures, double oldest, double lastFailure, HealthStatus expected)
    {
        var status = new CheckpointsStatus(4, Key, TimeSpan.FromSeconds(oldest), failures, "JournalFull: no space", TimeSpan.FromSeconds(lastFailure));

        var result = CheckpointHealth.Of(status, new CheckpointHealthOptions(), HealthStatus.Unhealthy);

        Assert.Equal((expected, 4, failures), (result.Status, result.Data["unanswered"], result.Data["failures-in-row"]));
        if (expected == HealthStatus.Degraded) Assert.Contains($"{Key} waits for {oldest} s", result.Description, StringComparison.Ordinal);
        if (expected == HealthStatus.Unhealthy) Assert.Contains("JournalFull: no space", result.Description, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "Stuck and parked runs should both be told, the first five of each by name")]
    public void Both()
    {
        var keys = Enumerable.Range(0, 7).Select(i => new CheckpointKey("b", $"s{i}")).ToArray();
        var live = keys.Select(key => (key, new RunProgress(TimeProvider.System)));
        var status = RunsStatus.Of(live, waiting: 9, keys, TimeSpan.Zero);

        var result = RunHealth.Of(status, new RunHealthOptions { MaxParked = 6 });

        Assert.Equal((HealthStatus.Degraded, 7, 9, 7), (result.Status, result.Data["stuck"], result.Data["waiting"], result.Data["parked"]));
        Assert.Contains("7 of 7 live runs made no progress", result.Description, StringComparison.Ordinal);
        Assert.Contains("7 runs are parked: b/s0; b/s1; b/s2; b/s3; b/s4. Mend", result.Description, StringComparison.Ordinal);
        Assert.Equal(HealthStatus.Healthy, RunHealth.Of(status with { Stuck = 0 }, new RunHealthOptions { MaxParked = 7 }).Status);
    }

    [Fact(DisplayName = "Thresholds should bind from appsettings, and a wrong one fail the start of the host and name itself")]
    public async Task Options()
    {
        var (checkpoints, runs) = (new CheckpointHealthOptions(), new RunHealthOptions());
        var settings = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["MaxRequestAge"] = "00:00:05", ["MaxFailuresInRow"] = "9", ["FailureMemory"] = "00:02:00", ["StuckAfter"] = "02:00:00", ["MaxParked"] = "3",
        }).Build();
        settings.Bind(checkpoints);
        settings.Bind(runs);
        Assert.Equal(
            (TimeSpan.FromSeconds(5), 9, TimeSpan.FromMinutes(2), TimeSpan.FromHours(2), 3),
            (checkpoints.MaxRequestAge, checkpoints.MaxFailuresInRow, checkpoints.FailureMemory, runs.StuckAfter, runs.MaxParked));

        await RefusesAsync("CheckpointHealthOptions.MaxRequestAge", builder => builder.WithHealthCheck(health => health.MaxRequestAge = TimeSpan.Zero));
        await RefusesAsync("CheckpointHealthOptions.MaxFailuresInRow", builder => builder.WithHealthCheck(health => health.MaxFailuresInRow = 0));
        await RefusesAsync("CheckpointHealthOptions.FailureMemory", builder => builder.WithHealthCheck(health => health.FailureMemory = TimeSpan.Zero));
        Assert.Contains("RunHealthOptions.StuckAfter", Assert.Throws<ConfigurationException>(() => new RunHealthOptions { StuckAfter = TimeSpan.Zero }.Checked()).Message, StringComparison.Ordinal);
        Assert.Contains("RunHealthOptions.MaxParked", Assert.Throws<ConfigurationException>(() => new RunHealthOptions { MaxParked = -1 }.Checked()).Message, StringComparison.Ordinal);

        static async Task RefusesAsync(string name, Action<RetainCheckpointsBuilder> checkpoints)
        {
            var refusal = await Assert.ThrowsAsync<ConfigurationException>(() =>
                StartAsync(new MemoryFileSystem(), builder => builder.WithRetainCheckpoints(checkpoints: checkpoints)));
            Assert.StartsWith(name + " must be ", refusal.Message, StringComparison.Ordinal);
        }
    }

    private static Task<HostedSystem> StartAsync(MemoryFileSystem memory, Action<AkkaConfigurationBuilder> configure) => HostedSystem.StartAsync(builder =>
    {
        builder.AddSetup(FileJournalSetup.Empty.WithFileSystem(FilePersistence.JournalPath, memory))
            .WithRetainFilePersistence(options => options.Root = "/retain");
        configure(builder);
    });
}
