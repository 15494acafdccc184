using Akka.Configuration;

namespace RetainActors.Testing;

/// <summary>Configurations for tests, each one line: <c>ActorSystem.Create("test", TestProfile.InMemory)</c>.</summary>
public static class TestProfile
{
    /// <summary>Akka's in-memory journal, which ends with its actor system; no snapshots, warnings only, and deadlines a test can wait for.</summary>
    public static Config InMemory { get; } = ConfigurationFactory.ParseString(
        """
        akka.persistence.journal.plugin = "akka.persistence.journal.inmem"
        akka.persistence.snapshot-store.plugin = "akka.persistence.no-snapshot-store"
        akka.loglevel = WARNING
        retain.checkpoint {
          in-flight-timeout = 5 s
          client { request-timeout = 10 s, resend-interval = 1 s }
        }
        """);

    /// <summary>The same on <see cref="FaultyJournal"/>, which does what the <see cref="JournalScript"/> of the system says.</summary>
    public static Config Faulty { get; } = FaultyJournal.Config.WithFallback(InMemory);
}
