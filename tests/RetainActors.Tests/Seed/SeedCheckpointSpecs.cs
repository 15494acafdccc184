using System.Text;
using Akka.Actor;
using RetainActors.Checkpoints;
using RetainActors.Json;
using RetainActors.Storage;
using RetainActors.Tests.Runs;

namespace RetainActors.Tests.Seed;

/// <summary>The checkpoint's behaviours S1 to S6 of the Python retain FSM. Its files (S7, S8) are a matter of import.</summary>
public sealed class SeedCheckpointSpecs : IAsyncLifetime
{
    private static readonly CheckpointKey Key = new("bank", "source.md");

    private readonly MemoryFileSystem _disk = new();
    private ActorSystem _system = null!;

    private ICheckpointClient Client => RetainCheckpoints.Get(_system).Client;

    public Task InitializeAsync()
    {
        _system = TestSystem.Start(_disk);
        return Task.CompletedTask;
    }

    public Task DisposeAsync() => _system.Terminate();

    [Fact(DisplayName = "S1: load gives the saved context or nothing, and delete says whether there was one, the second time that there was none")]
    public async Task S1()
    {
        Assert.Null(await Client.LoadAsync(Key));
        Assert.False(await Client.DeleteAsync(Key));
        await Client.SaveAsync(Full);
        Assert.Equal(Full, (await Client.LoadAsync(Key))!.Context);
        Assert.True(await Client.DeleteAsync(Key));
        Assert.False(await Client.DeleteAsync(Key));
        Assert.Null(await Client.LoadAsync(Key));
    }

    [Fact(DisplayName = "S2: the last write wins, unless a save names the revision it expects, because the seed's second writer wiped the first silently (U4)")]
    public async Task S2()
    {
        var first = await Client.SaveAsync(Full);
        await Client.SaveAsync(Full with { DocumentId = "second" });

        var refused = await Assert.ThrowsAsync<SaveRefusedException>(() => Client.SaveAsync(Full with { DocumentId = "third" }, expectedRevision: first));

        Assert.Equal(RefuseReason.Conflict, refused.Reason);
        Assert.Equal("second", (await Client.LoadAsync(Key))!.Context.DocumentId);
    }

    [Fact(DisplayName = "S3: every member of the context is saved and comes back after a restart, notes and unknown members digit by digit")]
    public async Task S3()
    {
        await Client.SaveAsync(Full);
        await _system.Terminate();
        _system = TestSystem.Start(_disk);

        var loaded = (await Client.LoadAsync(Key))!.Context;

        Assert.Equal(Full, loaded);
        Assert.Equal("1.00", loaded.StepLog[0].Notes.Single().Value.GetRawText());
        Assert.Equal("2024-05-06T07:08:09", loaded.StartedAt!.Text);
    }

    [Fact(DisplayName = "S4: text, sections and facts are not saved; the caller gives the text again")]
    public void S4() => Assert.Equal(
        ["Attempt", "Bank", "CompletedAt", "CompletedState", "DocumentId", "Entities", "Errors", "NextState", "ReferenceDate", "Source", "StartedAt",
            "Status", "StepLog", "SupersedesEdges", "Table", "TextLength", "TextSha256", "UnknownMembers", "UnparkedAfterAttempt", "WikisCreated",
            "WikisUpdated"],
        typeof(ContextDocument).GetProperties().Select(property => property.Name).Order(StringComparer.Ordinal));

    [Fact(DisplayName = "S5: a loaded context has no text, only its length and hash, because the seed's came back as an empty text that failed the run (U13)")]
    public async Task S5()
    {
        await Client.SaveAsync(Full);

        var loaded = (await Client.LoadAsync(Key))!.Context;

        Assert.Equal((42L, "ab12"), (loaded.TextLength, loaded.TextSha256));
    }

    [Fact(DisplayName = "S6: absent members get their defaults; a bad time is damage and not now, because the seed hid it (U20)")]
    public void S6()
    {
        var context = ContextJson.Decode("""{"bank":"bank","source":"source.md"}"""u8, out _);

        Assert.Equal(new RetainContext(Key), context);
        Assert.All(new[] { context!.Entities, context.WikisCreated, context.WikisUpdated, context.Errors }, list => Assert.Empty(list));
        Assert.Equal((CheckpointStatus.Running, 1, null, null), (context.Status, context.Attempt, context.NextState, context.StartedAt));
        Assert.Null(ContextJson.Decode("""{"bank":"bank","source":"source.md","startedAt":"yesterday"}"""u8, out var problem));
        Assert.Contains("ISO 8601", problem, StringComparison.Ordinal);
    }

    [Fact(DisplayName = "U14: what is loaded shares nothing with what was saved, because the seed's in-memory store handed out its own objects")]
    public async Task U14()
    {
        await Client.SaveAsync(Full);

        var changed = (await Client.LoadAsync(Key))!.Context with { Entities = ["other"] };

        Assert.NotEqual(changed, (await Client.LoadAsync(Key))!.Context);
        Assert.Equal(Encoding.UTF8.GetString(ContextJson.Encode(Full)), Encoding.UTF8.GetString(ContextJson.Encode((await Client.LoadAsync(Key))!.Context)));
    }

    private static RetainContext Full { get; } = new(Key)
    {
        TextLength = 42,
        TextSha256 = "ab12",
        ReferenceDate = Timestamp.Parse("2024-05-06"),
        DocumentId = "doc",
        Entities = ["Akka", "行為者"],
        WikisCreated = ["w1"],
        WikisUpdated = ["w2"],
        SupersedesEdges = [new SupersedesEdge("new", "old")],
        CompletedState = "READ",
        NextState = "EXTRACT",
        Status = CheckpointStatus.Failed,
        Attempt = 3,
        StepLog =
        [
            new StepLogEntry("READ", Timestamp.Parse("2024-05-06T07:08:09"), Timestamp.Parse("2024-05-06T07:08:10Z"), 12.5, "E: m", 2)
            {
                Notes = JsonMembers.Empty.With("ratio", System.Text.Json.JsonDocument.Parse("1.00").RootElement),
            },
        ],
        Errors = ["READ: E: m"],
        StartedAt = Timestamp.Parse("2024-05-06T07:08:09"),
        CompletedAt = Timestamp.Parse("2024-05-06T07:08:10+02:00"),
        UnknownMembers = JsonMembers.Empty.With("later", System.Text.Json.JsonDocument.Parse("""{"n":1.10}""").RootElement),
    };
}
