using Akka.Persistence;
using RetainActors.Storage;

namespace RetainActors.Persistence.Tests;

/// <summary>What becomes of a write that Akka gave up waiting for.</summary>
public sealed class FileJournalTimeoutSpecs : JournalTestBase
{
    private readonly StallingFileSystem _files;

    public FileJournalTimeoutSpecs()
        : this(new StallingFileSystem(new MemoryFileSystem()))
    {
    }

    private FileJournalTimeoutSpecs(StallingFileSystem files)
        : base(
            TestJournal.Memory("circuit-breaker.call-timeout = 2s"),
            FileJournalSetup.Empty.WithFileSystem(FilePersistence.MemoryJournalPath, files)) =>
        _files = files;

    [Fact(DisplayName = "FileJournal should not store a write that was given up before the log was open")]
    public async Task Given_up_before_the_append()
    {
        _files.Stall();
        var answers = await WriteAsync(Atomic(Event(1, "given up")));
        Assert.IsType<TimeoutException>(Assert.IsType<WriteMessagesFailed>(answers[0]).Cause);

        _files.Resume();

        await StoreAsync((1, "a"));
        Assert.Equal(["a"], (await ReplayAsync()).Events.Select(e => e.Payload));
    }

    [Fact(DisplayName = "FileJournal should finish a write that was given up behind the append, and show it to a recovery")]
    public async Task Given_up_after_the_append()
    {
        await StoreAsync((1, "a"));
        _files.Stall();
        var answers = await WriteAsync(Atomic(Event(2, "slow")));
        Assert.IsType<TimeoutException>(Assert.IsType<WriteMessagesFailed>(answers[0]).Cause);

        _files.Resume();

        var (events, end) = await ReplayAsync();
        Assert.Equal(["a", "slow"], events.Select(e => e.Payload));
        Assert.Equal(2, Assert.IsType<RecoverySuccess>(end).HighestSequenceNr);
    }
}
