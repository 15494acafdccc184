using Akka.Configuration;
using RetainActors.Persistence;

namespace RetainActors.Tests;

/// <summary>Configuration of a system whose checkpoints live in the in-memory journal of this house.</summary>
internal static class TestJournal
{
    public static Config Config { get; } = ConfigurationFactory.ParseString(
        $$"""
        akka.persistence.journal.plugin = "{{FilePersistence.MemoryJournalPath}}"
        akka.persistence.snapshot-store.plugin = "akka.persistence.no-snapshot-store"
        retain.checkpoint.query-plugin-id = "akka.persistence.query.journal.retain-memory"
        akka.loglevel = WARNING
        akka.test.single-expect-default = 20 s
        """).WithFallback(FilePersistence.DefaultConfig);
}
