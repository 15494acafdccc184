using Akka.Configuration;

namespace RetainActors.Persistence.Tests;

/// <summary>A journal configuration for one test and the folder it needs.</summary>
public sealed class TestJournal : IDisposable
{
    private readonly TempDirectory? _directory;

    private TestJournal(TempDirectory? directory, Config config)
    {
        _directory = directory;
        Config = config.WithFallback(FilePersistence.DefaultConfig);
    }

    public Config Config { get; }

    public string Root => _directory!.Path;

    public static TestJournal File(string extra = "")
    {
        var directory = new TempDirectory();
        return new TestJournal(directory, ConfigFor(FilePersistence.JournalPath, $"root = \"{directory.Path}\"\n{extra}"));
    }

    public static TestJournal Memory(string extra = "") => new(null, ConfigFor(FilePersistence.MemoryJournalPath, extra));

    /// <summary>A configuration with this plugin as the default journal and <paramref name="keys"/> in its section.</summary>
    public static Config ConfigFor(string pluginId, string keys) => ConfigurationFactory.ParseString($$"""
        akka.test.single-expect-default = 20 s
        akka.loglevel = WARNING
        akka.log-dead-letters-during-shutdown = off
        akka.persistence.snapshot-store.plugin = "akka.persistence.no-snapshot-store"
        akka.persistence.journal.plugin = "{{pluginId}}"
        {{pluginId}} {
          class = "RetainActors.Persistence.FileJournal, RetainActors.Persistence"
          {{keys}}
        }
        """);

    public void Dispose() => _directory?.Dispose();
}
