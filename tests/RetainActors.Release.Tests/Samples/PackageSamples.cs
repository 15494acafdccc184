using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.Hosting;
using RetainActors.Cluster;
using RetainActors.Runs;
using RetainActors.Storage;
using RetainActors.Testing;

namespace RetainActors.Release.Tests.Samples;

/// <summary>The three lines that the readme of each package shows.</summary>
public sealed class PackageSamples : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact(DisplayName = "The three lines of RetainActors.Storage should append a record and read it")]
    public async Task Storage()
    {
        using var printed = new StringWriter();
        await new InFolder(_directory.Path).RunAsync(async () =>
        {
            var Console = printed;
            // src/RetainActors.Storage: use
            using var log = FileLog.Open(new FileLogSettings { Directory = "./log" }, PosixFileSystem.Instance);
            await log.AppendAsync([new LogEntry("sensor-7", SequenceNumber: 1, "21.5"u8.ToArray())]);
            foreach (var record in log.Read("sensor-7", fromSequenceNumber: 1, toSequenceNumber: long.MaxValue, max: 10)) Console.WriteLine(record.SequenceNumber);
            // end
        });

        Assert.Equal("1", printed.ToString().Trim());
    }

    [Fact(DisplayName = "The three lines of RetainActors should save a checkpoint and load it")]
    public async Task Checkpoints()
    {
        using var system = ActorSystem.Create("sample", TestProfile.InMemory);
        // src/RetainActors: checkpoints
        var checkpoints = RetainCheckpoints.Get(system).Client;
        await checkpoints.SaveAsync(new RetainContext(new CheckpointKey("library", "tides.md")) { CompletedState = "FETCH", NextState = "PARSE" });
        var next = (await checkpoints.LoadAsync(new CheckpointKey("library", "tides.md")))?.Context.NextState;
        // end
        Assert.Equal("PARSE", next);
        await system.Terminate();
    }

    [Fact(DisplayName = "The three lines about runs should run one")]
    public async Task Runs()
    {
        using var system = ActorSystem.Create("sample", TestProfile.InMemory);
        const string text = "text";
        // src/RetainActors: runs
        var table = new StateTableBuilder("FETCH").Add("FETCH", Fetch, next: ["PARSE"]).Add("PARSE", Parse).Build();
        var runs = RetainRuns.Start(system, table);
        var result = await runs.RunAsync(new CheckpointKey("library", "tides.md"), text);
        // end
        Assert.Equal(RunOutcome.Completed, result.Outcome);
        await system.Terminate();

        static Task<StateResult> Fetch(StateScope scope, RetainContext context, CancellationToken stop) => Task.FromResult(new StateResult(context, Transition.To("PARSE")));
        static Task<StateResult> Parse(StateScope scope, RetainContext context, CancellationToken stop) => Task.FromResult(new StateResult(context, Transition.Completed));
    }

    [Fact(DisplayName = "The three lines of RetainActors.TestKit should show a save that the journal failed once")]
    public async Task TestKit()
    {
        var key = new CheckpointKey("library", "tides.md");
        // src/RetainActors.TestKit: use
        using var system = ActorSystem.Create("test", TestProfile.Faulty);
        JournalScript.Of(system).OnNextWrite(new JournalFault.LoseReply());
        var revision = await RetainCheckpoints.Get(system).Client.SaveAsync(new RetainContext(key));
        // end
        Assert.Equal(1, revision);
        await system.Terminate();
    }

    [Fact(DisplayName = "The lines of RetainActors.Cluster should set up a node, which starts nothing before the host does")]
    public void Cluster()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        // src/RetainActors.Cluster: use
        builder.Services.AddAkka("retain", akka => akka.WithRetainCluster(new RetainClusterOptions
        {
            ConnectionString = "Host=db;Username=retain;Database=retain",
            Hostname = "10.0.0.1",
            SeedNodes = ["akka.tcp://retain@10.0.0.1:4053"],
        }));
        // end
        // docs/cluster.md: set-up
        builder.Services.AddAkka("retain", akka => akka.WithRetainCluster(new RetainClusterOptions
        {
            ConnectionString = "Host=db;Username=retain;Database=retain;Timeout=10;Command Timeout=15",
            Hostname = "10.0.0.1",
            Port = 4053,
            SeedNodes = ["akka.tcp://retain@10.0.0.1:4053", "akka.tcp://retain@10.0.0.2:4053"],
        }));
        // end
        Assert.Contains(builder.Services, service => service.ServiceType == typeof(ActorSystem));
    }
}
