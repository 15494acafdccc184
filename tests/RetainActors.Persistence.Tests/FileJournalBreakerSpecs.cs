using Akka.Pattern;
using Akka.Persistence;
using RetainActors.Storage;

namespace RetainActors.Persistence.Tests;

/// <summary>The circuit breaker of the journal, with times short enough to see it open and close.</summary>
public sealed class FileJournalBreakerSpecs : JournalTestBase
{
    private const string Settings =
        $$"""{{FilePersistence.MemoryJournalPath}}.circuit-breaker { max-failures = 3, call-timeout = 3s, reset-timeout = 3s }""";

    private readonly StallingFileSystem _files;

    public FileJournalBreakerSpecs()
        : this(new StallingFileSystem(new MemoryFileSystem()))
    {
    }

    private FileJournalBreakerSpecs(StallingFileSystem files)
        : base(TestJournal.Memory(), FileJournalSetup.Empty.WithFileSystem(FilePersistence.MemoryJournalPath, files), Settings) => _files = files;

    [Fact(DisplayName = "FileJournal should fail fast behind an open circuit breaker and go on when it closes")]
    public async Task Circuit_breaker()
    {
        await StoreAsync((1, "a"));
        _files.Stall();
        var stalled = Enumerable.Range(0, 20).Select(n => WriteAsync(Atomic(Event(1, "x", $"id-{n}")))).ToArray();
        foreach (var write in stalled)
            Assert.IsType<TimeoutException>(Assert.IsType<WriteMessagesFailed>((await write)[0]).Cause);

        var refused = await WriteAsync(Atomic(Event(1, "refused", "another")));
        Assert.IsType<OpenCircuitException>(Assert.IsType<WriteMessagesFailed>(refused[0]).Cause);
        Assert.IsType<OpenCircuitException>(Assert.IsType<ReplayMessagesFailure>((await ReplayAsync()).End).Cause);
        var health = await HealthAsync();
        Assert.Equal(PersistenceHealthStatus.Degraded, health.Status);
        Assert.IsType<TimeoutException>(health.Exception);
        _files.Resume();

        await AwaitAssertAsync(
            async () => Assert.IsType<WriteMessagesSuccessful>((await WriteAsync(Atomic(Event(2, "b"))))[0]), TimeSpan.FromSeconds(10));

        Assert.Equal(PersistenceHealthStatus.Healthy, (await HealthAsync()).Status);
        Assert.Equal(["a", "b"], (await ReplayAsync()).Events.Select(e => e.Payload));
        // What was given up behind the append was stored all the same, what was refused was not.
        Assert.Equal(["x"], (await ReplayAsync(id: "id-19")).Events.Select(e => e.Payload));
        Assert.Empty((await ReplayAsync(id: "another")).Events);
    }
}
