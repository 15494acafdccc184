using Akka.Actor;
using Akka.Configuration;
using RetainActors.Checkpoints;
using RetainActors.Persistence;

namespace RetainActors.Tests.Runs;

/// <summary>An actor system in which many processes live side by side, each with a journal and a disk of its own.</summary>
internal sealed class RunHouse : IAsyncDisposable
{
    /// <summary>A journal that stops holds its thread until its log is closed; one process has one, a house many at once.</summary>
    public const string JournalDispatcher = "journals";

    public RunHouse(int atOnce)
    {
        System = TestSystem.Start(Disks, $$"""
            akka.persistence.journal.retain-memory.class = "{{typeof(JournalByKey).AssemblyQualifiedName}}"
            akka.log-dead-letters = off
            {{JournalDispatcher}} {
              type = ForkJoinDispatcher
              dedicated-thread-pool { thread-count = {{atOnce}}, threadtype = background }
            }
            """);
        RetainCheckpoints.Get(System);
        Journals = Akka.Persistence.Persistence.Instance.Apply(System).JournalFor(FilePersistence.MemoryJournalPath);
        JournalSection = System.Settings.Config.GetConfig(FilePersistence.MemoryJournalPath);
        Settings = CheckpointSettings.From(System.Settings.Config);
    }

    public ActorSystem System { get; }

    public MountedDisks Disks { get; } = new();

    /// <summary>The journal plugin.</summary>
    public IActorRef Journals { get; }

    public Config JournalSection { get; }

    public CheckpointSettings Settings { get; }

    public async ValueTask DisposeAsync() => await System.Terminate();
}
