using System.Diagnostics;
using Akka.Actor;
using Akka.Configuration;
using Microsoft.Extensions.DependencyInjection;
using RetainActors.Hosting;
using RetainActors.Persistence;
using RetainActors.Runs;
using RetainActors.Testing;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Release.Tests.Samples;

/// <summary>What the pages on configuration, runs and telemetry show.</summary>
public sealed class PageSamples : IDisposable
{
    private static readonly StateHandler Init = Ends, Read = Ends, ExtractFacts = Ends, ExtractLinks = Ends, Publish = Ends, Scan = Ends;

    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact(DisplayName = "Settings above the profile of files should win, and its journal keep a checkpoint")]
    public async Task Configuration()
    {
        var mine = $"akka.persistence.journal.retain-file.root = \"{_directory.Path}\"";
        File.Copy(Repository.File("hocon", "file.conf"), _directory.File("file.conf"));
        await new InFolder(_directory.Path).RunAsync(async () =>
        {
            // docs/configuration.md: a profile
            var config = ConfigurationFactory.ParseString(mine).WithFallback(ConfigurationFactory.ParseString(File.ReadAllText("file.conf")));
            var system = ActorSystem.Create("service", config);
            // end
            await RetainCheckpoints.Get(system).Client.SaveAsync(new RetainContext(new CheckpointKey("bank", "source")));
            await system.Terminate();
        });

        Assert.NotEmpty(Directory.GetFiles(_directory.File("journal"), "*.segment"));
    }

    [Fact(DisplayName = "The lines of docs/getting-started.md should run a source on the profile of files")]
    public async Task Getting_started()
    {
        var (table, text) = (new StateTableBuilder("ONE").Add("ONE", Ends).Build(), "text");
        File.Copy(Repository.File("hocon", "file.conf"), _directory.File("file.conf"));
        await new InFolder(_directory.Path).RunAsync(async () =>
        {
            // docs/getting-started.md: in code
            var system = ActorSystem.Create("service", ConfigurationFactory.ParseString(File.ReadAllText("file.conf")));
            var runs = RetainRuns.Start(system, table);
            var result = await runs.RunAsync(new CheckpointKey("bank", "source"), text);
            // end
            Assert.Equal(RunOutcome.Completed, result.Outcome);
            await system.Terminate();
        });
    }

    [Fact(DisplayName = "The tables of docs/runs.md should be valid")]
    public void Tables()
    {
        Assert.NotNull(First());
        Assert.NotNull(WithPolicy());
        Assert.NotNull(Renamed());

        StateTable First()
        {
            // docs/runs.md: a table
            var table = new StateTableBuilder("INIT")
                .Add("INIT", Init, next: ["READ"])
                .AddFork("READ", Read, branches: ["EXTRACT_FACTS", "EXTRACT_LINKS"], join: "PUBLISH")
                .Add("EXTRACT_FACTS", ExtractFacts)
                .Add("EXTRACT_LINKS", ExtractLinks)
                .Add("PUBLISH", Publish)
                .Build();
            // end
            return table;
        }

        StateTable WithPolicy() => new StateTableBuilder("EXTRACT_FACTS")
            // docs/runs.md: a policy
            .Add("EXTRACT_FACTS", ExtractFacts, policy: new StatePolicy
            {
                Timeout = TimeSpan.FromMinutes(2),
                Retry = new RetryPolicy { MaxTries = 4, MinBackoff = TimeSpan.FromSeconds(2), Retries = e => e is HttpRequestException or TimeoutException },
                ParkAfter = 8,
            })
            // end
            .Build();

        StateTable Renamed()
        {
            // docs/runs.md: an alias
            var table = new StateTableBuilder("INIT").Version("prompts 2026-03")
                .Add("INIT", Init, next: ["SCAN_PAGES"])
                .Add("SCAN_PAGES", Scan)
                .Alias("OCR", "SCAN_PAGES")
                .Build();
            // end
            return table;
        }
    }

    [Fact(DisplayName = "An actor that follows runs as docs/runs.md shows should be told of them")]
    public async Task Events()
    {
        using var system = ActorSystem.Create("sample", TestProfile.InMemory);
        var inbox = Inbox.Create(system);
        var myActor = inbox.Receiver;
        // docs/runs.md: events
        system.EventStream.Subscribe(myActor, typeof(RunEvent));
        // end
        await RetainRuns.Start(system, new StateTableBuilder("ONE").Add("ONE", Ends).Build()).RunAsync(new CheckpointKey("bank", "source"), "text");

        Assert.IsAssignableFrom<RunEvent>(await inbox.ReceiveAsync(TimeSpan.FromSeconds(30)));
        await system.Terminate();
    }

    [Fact(DisplayName = "The lines of docs/telemetry.md should set up both halves, and send the trace of a save along")]
    public async Task Telemetry()
    {
        var services = new ServiceCollection();
        // docs/telemetry.md: set-up
        services.AddOpenTelemetry()
            .WithMetrics(metrics => metrics.AddRetainActorsInstrumentation())
            .WithTracing(tracing => tracing.AddRetainActorsInstrumentation());
        // end
        Assert.NotEmpty(services);
        using var system = ActorSystem.Create("sample", TestProfile.InMemory);
        var (checkpoints, runs) = (Inbox.Create(system), Inbox.Create(system));
        Send(system, checkpoints.Receiver, runs.Receiver);

        Assert.IsType<Save>(await checkpoints.ReceiveAsync(TimeSpan.FromSeconds(30)));
        Assert.IsType<RunProtocol.StartRun>(await runs.ReceiveAsync(TimeSpan.FromSeconds(30)));
        await system.Terminate();

        static void Send(ActorSystem system, IActorRef checkpoints, IActorRef runs)
        {
            var (key, text, trace) = (new CheckpointKey("bank", "source"), "text", default(ActivityContext));
            var context = new RetainContext(key);
            // docs/telemetry.md: along
            checkpoints.Tell(new Save(context) { Trace = Activity.Current?.Context ?? default });
            runs.Tell(new RunProtocol.StartRun(key, text) { Trace = trace });
            // end
            // docs/telemetry.md: events of a journal
            FilePersistence.Get(system).TraceOf = RetainActorsTelemetry.TraceOf;
            // end
        }
    }

    private static Task<StateResult> Ends(StateScope scope, RetainContext context, CancellationToken stop) =>
        Task.FromResult(new StateResult(context, Transition.Completed));
}
