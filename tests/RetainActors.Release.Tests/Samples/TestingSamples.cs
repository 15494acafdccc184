using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using RetainActors.Testing;
using RetainActors.Testing.Conformance;
using RetainActors.Tests;

namespace RetainActors.Release.Tests.Samples;

/// <summary>What docs/testing.md shows.</summary>
public sealed class TestingSamples
{
    private static readonly CheckpointKey Key = new("bank", "source");

    [Fact(DisplayName = "A system in memory should keep a checkpoint, and a tap remember what an actor asked")]
    public async Task In_memory()
    {
        var key = Key;
        // docs/testing.md: without a disk
        var system = ActorSystem.Create("test", TestProfile.InMemory);
        var revision = await RetainCheckpoints.Get(system).Client.SaveAsync(new RetainContext(key));
        // end
        Assert.Equal(1, revision);
        await RetainCheckpoints.Get(system).Client.DeleteAsync(key);
        var inbox = Inbox.Create(system);
        var worker = inbox.Receiver;
        // docs/testing.md: a tap
        var tap = new CheckpointTap(system);
        system.ActorOf(Props.Create(() => new Ingestion(key, tap.Ref, worker)));
        // later: tap.Requests, in order, each with its answer
        // end
        await inbox.ReceiveAsync(TimeSpan.FromSeconds(30));
        Assert.Single(tap.Requests);
        await system.Terminate();
    }

    [Fact(DisplayName = "A journal should fail as its script says")]
    public async Task Faults()
    {
        // docs/testing.md: a script
        var script = new JournalScript();
        var setup = ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(TestProfile.Faulty), script);
        var system = ActorSystem.Create("test", setup);

        script.OnNextWrite(new JournalFault.LoseReply());   // stored, and the writer is told of a failure
        script.OnWrite(3, new JournalFault.Reject());       // the third write from now on
        script.OnNextReplay(new JournalFault.Fail());
        var hold = script.HoldNextWrite();                  // waits: await hold.Reached, then hold.Release()
        // end
        script.Heal();
        hold.Release();
        Assert.True(await RetainCheckpoints.Get(system).Client.SaveAsync(new RetainContext(Key)) > 0);
        await system.Terminate();
    }

    [Fact(DisplayName = "A journal of somebody else should be tried as the page shows")]
    public async Task Conformance()
    {
        Assert.NotEmpty(JournalSample.MyJournalSpecs.Clauses);
        using var directory = new TempDirectory();
        JournalSample.Use(directory.Path);
        await new JournalSample.MyJournalSpecs().Conforms("SAVE-1");
    }
}

/// <summary>What docs/testing.md shows of a journal of somebody else; not public, so that only the test above runs it.</summary>
internal static class JournalSample
{
    private static Config mine = Config.Empty;

    public static void Use(string root) => mine = ConfigurationFactory.ParseString($"akka.persistence.journal.retain-file.root = \"{root}\"")
        .WithFallback(ConfigurationFactory.ParseString(File.ReadAllText(Repository.File("hocon", "file.conf"))));

    // docs/testing.md: your own journal
    public sealed class MyJournalSpecs
    {
        private const HarnessFeatures Features = HarnessFeatures.SurvivesRestart | HarnessFeatures.TwoInstances | HarnessFeatures.Lists;

        public static TheoryData<string> Clauses => [.. CheckpointConformance.ClausesFor(Features).Select(clause => clause.Id)];

        [Theory]
        [MemberData(nameof(Clauses))]
        public async Task Conforms(string id)
        {
            await using var harness = new ActorSystemHarness(Features, () => ActorSystem.Create("test", mine.WithFallback(CheckpointConformance.Config)));
            await CheckpointConformance.Find(id).RunAsync(harness, restartBetweenSteps: true);
        }
    }
    // end
}
