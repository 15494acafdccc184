using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Journal;
using Akka.Persistence.Query;
using RetainActors.Persistence.Query;
using RetainActors.Storage;

namespace RetainActors.Persistence.Tests;

/// <summary>What the queries of the file journal promise beyond the suite.</summary>
public sealed class FileReadJournalSpecs : QueryTestBase
{
    private const string Adapters = $$"""
        {{FilePersistence.MemoryJournalPath}} {
          event-adapters.splitting = "RetainActors.Persistence.Tests.SplittingAdapter, RetainActors.Persistence.Tests"
          event-adapter-bindings { "System.String" = splitting }
        }
        """;

    private readonly StallingFileSystem _files;
    private readonly MemoryFileSystem _memory;

    public FileReadJournalSpecs()
        : this(new MemoryFileSystem())
    {
    }

    private FileReadJournalSpecs(MemoryFileSystem memory)
        : this(memory, new StallingFileSystem(memory))
    {
    }

    private FileReadJournalSpecs(MemoryFileSystem memory, StallingFileSystem files)
        : base(TestJournal.Memory(), FileJournalSetup.Empty.WithFileSystem(FilePersistence.MemoryJournalPath, files), Adapters) =>
        (_memory, _files) = (memory, files);

    [Fact(DisplayName = "A live query should not show an event before it is durable")]
    public async Task Durable_only()
    {
        await AppendAsync(Pid, (1, "a"));
        var events = Run(Queries.EventsByPersistenceId(Pid, 0, long.MaxValue));
        var ids = Run(Queries.PersistenceIds());
        await events.RequestAsync(10);
        await ids.RequestAsync(10);
        await events.NextAsync();
        await ids.NextAsync();
        _files.Stall();
        var first = AppendAsync(Pid, (2, "b"));
        var second = AppendAsync("new", (1, "x"));
        await AwaitAssertAsync(() => Assert.True(_files.Stalled > 0));
        await events.NothingAsync();
        await ids.NothingAsync();

        _files.Resume();

        Assert.Equal("b", (await events.NextAsync()).Event);
        Assert.Equal("new", await ids.NextAsync());
        await Task.WhenAll(first, second);
    }

    [Fact(DisplayName = "A query should pass its events through the event adapters, one stored event giving none or several")]
    public async Task Adapts()
    {
        await AppendAsync(Pid, (1, ""), (2, "a b"), (3, "c"));

        var all = await AllOfAsync(Queries.CurrentEventsByPersistenceId(Pid, 0, long.MaxValue));

        Assert.Equal(["a", "b", "c"], Payloads(all));
        Assert.Equal([2L, 2L, 3L], all.Select(e => e.SequenceNr));
        Assert.Equal(["a", "b", "c"], Payloads(await AllOfAsync(Queries.CurrentAllEvents(Offset.NoOffset()))));
        // A live query goes on behind an event of which the adapter made nothing.
        var stream = Run(Queries.EventsByPersistenceId("another", 0, 2));
        await stream.RequestAsync(10);
        await AppendAsync("another", (1, ""));
        await stream.NothingAsync();
        await AppendAsync("another", (2, "d"));
        Assert.Equal("d", (await stream.NextAsync()).Event);
        await stream.CompletedAsync();
    }

    [Fact(DisplayName = "A query should fail with the reason when the log failed")]
    public async Task Fails()
    {
        await AppendAsync(Pid, (1, "a"));
        _memory.FailNext(FileOperation.Sync, FileSystemError.InputOutput, sticky: true);
        Assert.IsType<WriteMessagesFailed>((await WriteAsync(Atomic(Event(2, "b"))))[0]);

        var stream = Run(Queries.CurrentEventsByPersistenceId(Pid, 0, long.MaxValue));

        Assert.IsType<JournalPoisonedException>(await stream.FailedAsync());
    }

    [Fact(DisplayName = "A query should fail with the reason for an id that cannot exist")]
    public async Task Impossible_id()
    {
        Assert.IsType<ArgumentException>(await Run(Queries.CurrentEventsByPersistenceId("", 0, 1)).FailedAsync());
        var live = Run(Queries.EventsByPersistenceId("\ud800", 0, 1));
        await live.RequestAsync(1);
        Assert.IsType<ArgumentException>(await live.FailedAsync());
    }

    [Fact(DisplayName = "A read journal should work without any section for it, from its own defaults")]
    public async Task Has_defaults()
    {
        using var directory = new TempDirectory();
        await using var service = Service.Start(ConfigurationFactory.ParseString($$"""
            akka.persistence.journal {
              plugin = "akka.persistence.journal.retain-file"
              retain-file {
                class = "RetainActors.Persistence.FileJournal, RetainActors.Persistence"
                root = "{{directory.Path}}/data"
              }
            }
            """));
        var section = FileReadJournal.DefaultConfiguration();
        Assert.Equal(FilePersistence.JournalPath, section.GetString($"{FileReadJournal.Identifier}.write-plugin"));
        Assert.Equal(FilePersistence.MemoryJournalPath, section.GetString($"{FileReadJournal.MemoryIdentifier}.write-plugin"));

        var queries = PersistenceQuery.Get(service.System).ReadJournalFor<FileReadJournal>(FileReadJournal.Identifier);

        Assert.Empty(await AllOfAsync(queries.CurrentPersistenceIds()));
    }

    [Fact(DisplayName = "A read journal of a section that names no journal should be refused by its key")]
    public void Refuses_section()
    {
        var provider = new FileReadJournalProvider((Akka.Actor.ExtendedActorSystem)Sys, ConfigurationFactory.ParseString("write-plugin = \"\""));

        Assert.Contains(
            "'write-plugin'", Assert.Throws<ConfigurationException>(provider.GetReadJournal).Message, StringComparison.Ordinal);
    }
}

/// <summary>Makes one event of each word.</summary>
public sealed class SplittingAdapter : IReadEventAdapter
{
    public IEventSequence FromJournal(object evt, string manifest) =>
        EventSequence.Create(((string)evt).Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
