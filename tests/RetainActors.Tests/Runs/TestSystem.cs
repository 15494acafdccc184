using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using RetainActors.Persistence;
using RetainActors.Storage;

namespace RetainActors.Tests.Runs;

/// <summary>Actor systems that share a disk in memory, one after the other.</summary>
internal static class TestSystem
{
    public static ActorSystem Start(IFileSystem disk, string settings = "") => ActorSystem.Create(
        "retain",
        ActorSystemSetup.Create(
            BootstrapSetup.Create().WithConfig(
                // A deadline that passes on a busy machine says nothing about a run.
                ConfigurationFactory.ParseString(settings).WithFallback("retain.checkpoint.client.request-timeout = 10 m").WithFallback(TestJournal.Config)),
            FileJournalSetup.Empty.WithFileSystem(FilePersistence.MemoryJournalPath, disk)));
}
