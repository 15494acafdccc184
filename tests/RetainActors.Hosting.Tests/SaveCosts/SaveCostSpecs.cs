using Akka.Actor;
using Akka.Configuration;
using RetainActors.Checkpoints;
using RetainActors.Persistence;
using RetainActors.Storage;

namespace RetainActors.Hosting.Tests.SaveCosts;

/// <summary>What a save costs through all layers where that can be counted exactly, so that no change makes it dearer unseen.</summary>
public sealed class SaveCostSpecs : IAsyncLifetime
{
    private const int Saves = 200;
    private static readonly CheckpointKey Key = new("bank", "source");

    private readonly CountingFileSystem _files = new(new MemoryFileSystem());
    private readonly string _name = $"costs-{Guid.NewGuid():N}";
    private ActorSystem _system = null!;
    private ICheckpointClient _client = null!;

    public async Task InitializeAsync()
    {
        var config = ConfigurationFactory.ParseString(
            $$"""
            akka { loglevel = OFF, stdout-loglevel = OFF, log-dead-letters = off }
            akka.persistence.journal.plugin = "{{FilePersistence.JournalPath}}"
            {{FilePersistence.JournalPath}}.root = "/root-of-the-costs"
            # Nothing is removed meanwhile: removals are writes of their own.
            retain.checkpoint.retention.keep-revisions = 10000
            {{CountingMailbox.Configuration}}
            """).WithFallback(FilePersistence.DefaultConfig);
        _system = ActorSystem.Create(
            _name, BootstrapSetup.Create().WithConfig(config).And(FileJournalSetup.Empty.WithFileSystem(FilePersistence.JournalPath, _files)));
        _client = RetainCheckpoints.Get(_system).Client;
        await _client.SaveAsync(ContextAt(0));
    }

    public Task DisposeAsync() => _system.Terminate();

    [Fact(DisplayName = "A save that waits for nothing should cost one write and one sync of the journal, and seven messages")]
    public async Task One_after_the_other()
    {
        var (files, messages) = (_files.Counted, Messages());
        for (var i = 1; i <= Saves; i++) await _client.SaveAsync(ContextAt(i));

        Assert.Equal((Saves, Saves), (_files.Counted.Writes - files.Writes, _files.Counted.Syncs - files.Syncs));
        var told = Messages().Where(type => type.Value - messages.GetValueOrDefault(type.Key) >= Saves / 2)
            .ToDictionary(type => type.Key, type => type.Value - messages.GetValueOrDefault(type.Key));
        Assert.Equal(
            new SortedDictionary<string, int>(StringComparer.Ordinal)
            {
                ["Call"] = Saves, // to the client's actor
                ["CheckpointRequest"] = 2 * Saves, // to the region, and on to the actor of the key
                ["CheckpointResponse"] = Saves,
                ["WriteMessages"] = Saves, // to the journal
                ["WriteMessagesSuccessful"] = Saves, // and back, as Akka.Persistence wants it
                ["WriteMessageSuccess"] = Saves,
            },
            new SortedDictionary<string, int>(told, StringComparer.Ordinal));
    }

    [Fact(DisplayName = "Saves of one key at once should share writes of the journal")]
    public async Task At_once()
    {
        var files = _files.Counted;
        var written = CountingMailbox.Of(_name).Of("WriteMessages");
        await Task.WhenAll(Enumerable.Range(1, Saves).Select(i => _client.SaveAsync(ContextAt(i))));

        // All are under way while the first is written, unless this process is held up between two of them.
        Assert.InRange(CountingMailbox.Of(_name).Of("WriteMessages") - written, 1, Saves / 2);
        Assert.InRange(_files.Counted.Syncs - files.Syncs, 1, Saves / 2);
    }

    private IReadOnlyDictionary<string, int> Messages() => CountingMailbox.Of(_name).AtLeast(1);

    private static RetainContext ContextAt(int version) => new(Key) { DocumentId = $"{version}", CompletedState = "A", NextState = "B" };
}
