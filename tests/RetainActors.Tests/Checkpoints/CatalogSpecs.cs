using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Akka.TestKit.Xunit2;
using RetainActors.Checkpoints;
using RetainActors.Persistence.Query;
using static RetainActors.Checkpoints.CatalogProtocol;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Tests.Checkpoints;

/// <summary>Lists on the journal in memory, through the read journal that comes with it.</summary>
public sealed class CatalogSpecs() : TestKit(ConfigurationFactory.ParseString(
    $"""
    retain.checkpoint.query-plugin-id = "{FileReadJournal.MemoryIdentifier}"
    retain.checkpoint.max-listed-keys = 50
    """).WithFallback(TestJournal.Config))
{
    private ICheckpointClient Client => RetainCheckpoints.Get(Sys).Client;

    [Fact(DisplayName = "A list should give every checkpoint once, in ordinal order of bank and source, whatever the size of its pages")]
    public async Task Pages()
    {
        CheckpointKey[] keys = [new("b", "ä"), new("a", "z"), new("B", "s"), new("b", "a"), new("b", "a/b"), new("b:", "a"), new("a", "\0")];
        foreach (var key in keys) await SaveAsync(key);
        string[] expected = ["B s", "a \0", "a z", "b a", "b a/b", "b ä", "b: a"];

        for (var limit = 1; limit <= keys.Length + 1; limit++)
            Assert.Equal(expected, (await AllAsync(new ListCheckpoints(Limit: limit))).Select(item => $"{item.Key.Bank} {item.Key.Source}"));
        Assert.Equal(["a", "a/b", "ä"], (await AllAsync(new ListCheckpoints("b", Limit: 2))).Select(item => item.Key.Source));
        Assert.Equal([], await AllAsync(new ListCheckpoints("unknown")));
        Assert.Null((await Client.ListAsync(new ListCheckpoints(Limit: keys.Length))).NextCursor);
    }

    [Fact(DisplayName = "A list should go on behind its cursor also when that checkpoint is deleted meanwhile")]
    public async Task Cursor()
    {
        foreach (var source in new[] { "1", "2", "3" }) await SaveAsync(new CheckpointKey("b", source));
        var first = await Client.ListAsync(new ListCheckpoints(Limit: 2));
        await Client.DeleteAsync(new CheckpointKey("b", "2"));
        Assert.Equal(["3"], (await Client.ListAsync(new ListCheckpoints(Cursor: first.NextCursor))).Items.Select(item => item.Key.Source));
    }

    [Fact(DisplayName = "An item should tell what the header of the key's last record says, and a deleted or only claimed key none")]
    public async Task Items()
    {
        var key = Contexts.Key;
        await ClaimAsync(key);
        Assert.Empty((await Client.ListAsync()).Items);

        await Client.SaveAsync(Contexts.After("INIT", "READ") with { Status = CheckpointStatus.Failed }, epoch: 1);
        var saved = Assert.Single((await Client.ListAsync()).Items);
        Assert.Equal((key, ListedStatus.Failed, "READ", "NEXT", 2, 1, null),
            (saved.Key, saved.Status, saved.CompletedState, saved.NextState, saved.Revision, saved.Epoch, saved.Problem));
        Assert.Equal((await Client.LoadAsync(key))!.SavedAt, saved.SavedAt);

        await ClaimAsync(key);
        var claimed = Assert.Single((await Client.ListAsync()).Items);
        Assert.Equal(saved with { Revision = 3, Epoch = 2 }, claimed);

        await Client.DeleteAsync(key);
        Assert.Empty((await Client.ListAsync()).Items);
        await SaveAsync(key);
        Assert.Equal(5, Assert.Single((await Client.ListAsync()).Items).Revision);
    }

    [Fact(DisplayName = "Filters should hold together and on every page")]
    public async Task Filters()
    {
        foreach (var status in Enum.GetValues<CheckpointStatus>())
            foreach (var bank in new[] { "a", "b" })
                await Client.SaveAsync(new RetainContext(new CheckpointKey(bank, status.ToString())) { Status = status });
        var (past, future) = (DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));

        Assert.Equal(["a/Parked", "b/Parked"], (await AllAsync(new ListCheckpoints(Status: ListedStatus.Parked, Limit: 1))).Select(item => item.Key.ToString()));
        Assert.Equal(["b/Parked"], (await AllAsync(new ListCheckpoints("b", ListedStatus.Parked, future))).Select(item => item.Key.ToString()));
        Assert.Empty(await AllAsync(new ListCheckpoints("b", ListedStatus.Parked, past)));
        Assert.Empty(await AllAsync(new ListCheckpoints(Status: ListedStatus.Unreadable)));
    }

    [Fact(DisplayName = "A list should include everything that was acknowledged before it was asked for, also when others are asked for at once")]
    public async Task Fresh()
    {
        for (var round = 1; round <= 30; round++)
        {
            var early = Client.ListAsync();
            var revision = await SaveAsync(Contexts.Key);
            var lists = await Task.WhenAll(Client.ListAsync(), Client.ListAsync());
            Assert.All(lists, page => Assert.Equal(revision, Assert.Single(page.Items).Revision));
            await early;
        }
    }

    [Fact(DisplayName = "A list should start no checkpoint's actor and take no other actor's events for checkpoints")]
    public async Task Wakes_nobody()
    {
        await StoreAsync("another-actor");
        await SaveAsync(Contexts.Key);
        var region = (ActorRefWithCell)RetainCheckpoints.Get(Sys).Region;
        var actor = await WatchAsync(Assert.Single(region.Children));
        Sys.Stop(actor);
        await ExpectTerminatedAsync(actor);
        await AwaitConditionAsync(() => Task.FromResult(!region.Children.Any()));

        Assert.Single((await Client.ListAsync()).Items);
        Assert.Empty(region.Children);
    }

    [Fact(DisplayName = "A record that cannot be read should make its own key unreadable and hide no other")]
    public async Task Unreadable()
    {
        var (damaged, longKey) = (new CheckpointKey("b", "da/ma ged"), new CheckpointKey("b", new string('ü', 200)));
        var nameless = new CheckpointKey("b", new string('ö', 200));
        foreach (var key in new[] { new("b", "a"), damaged, longKey }) await SaveAsync(key);
        foreach (var key in new[] { damaged, longKey, nameless }) await StoreAsync(key.PersistenceId);
        await SaveAsync(new CheckpointKey("b", "z"));

        var page = await Client.ListAsync();

        Assert.Equal(["a", damaged.Source, "z", longKey.Source], page.Items.Select(item => item.Key.Source));
        Assert.Equal<string>([nameless.PersistenceId], page.UnnamedIds);
        foreach (var key in new[] { damaged, longKey })
        {
            var item = page.Items.Single(item => item.Key == key);
            Assert.Equal((ListedStatus.Unreadable, 2), (item.Status, item.Revision));
            Assert.Equal("revision 2 cannot be read: it is a Byte[]", item.Problem);
        }

        Assert.Equal(2, (await Client.ListAsync(new ListCheckpoints(Status: ListedStatus.Unreadable))).Items.Length);
        await Client.DeleteAsync(damaged);
        Assert.DoesNotContain((await Client.ListAsync()).Items, item => item.Key == damaged);
    }

    [Fact(DisplayName = "More checkpoints than the setting allows should be refused by its name, until some are deleted")]
    public async Task Too_many()
    {
        for (var n = 0; n <= 60; n++) await SaveAsync(new CheckpointKey("b", $"{n}"));
        await RefusedAsync();
        for (var n = 60; n > 50; n--) await Client.DeleteAsync(new CheckpointKey("b", $"{n}"));
        await RefusedAsync();
        await Client.DeleteAsync(new CheckpointKey("b", "50"));
        Assert.Equal(50, (await Client.ListAsync()).Items.Length);

        // Far above the bound the catalog lets go of what it has read, and begins anew.
        for (var n = 0; n <= 120; n++) await SaveAsync(new CheckpointKey("b", $"{n}"));
        await RefusedAsync();
        await RefusedAsync();

        async Task RefusedAsync()
        {
            var refused = await Assert.ThrowsAsync<ListRefusedException>(() => Client.ListAsync());
            Assert.Equal(ListRefuseReason.TooManyKeys, refused.Reason);
            Assert.Contains("more than 50 checkpoints; raise retain.checkpoint.max-listed-keys", refused.Message, StringComparison.Ordinal);
        }
    }

    [Theory(DisplayName = "A request that is none should be refused as Invalid")]
    [InlineData(0, null)]
    [InlineData(10_001, null)]
    [InlineData(1, "")]
    [InlineData(1, "no cursor!")]
    [InlineData(1, "OTk5OmE")]
    public async Task Invalid(int limit, string? cursor) => Assert.Equal(
        ListRefuseReason.Invalid,
        (await Assert.ThrowsAsync<ListRefusedException>(() => Client.ListAsync(new ListCheckpoints(Limit: limit, Cursor: cursor)))).Reason);

    [Fact(DisplayName = "An actor should get a list by telling the catalog")]
    public async Task By_message()
    {
        await SaveAsync(Contexts.Key);
        RetainCheckpoints.Get(Sys).Catalog.Tell(new ListCheckpoints(), TestActor);
        Assert.Equal(Contexts.Key, Assert.Single((await ExpectMsgAsync<CheckpointPage>()).Items).Key);
    }

    private Task<long> SaveAsync(CheckpointKey key) => Client.SaveAsync(new RetainContext(key) { NextState = "INIT" });

    private async Task ClaimAsync(CheckpointKey key)
    {
        RetainCheckpoints.Get(Sys).ClientActor.Tell(new Claim(key), TestActor);
        await ExpectMsgAsync<Claimed>();
    }

    private async Task<List<ListedCheckpoint>> AllAsync(ListCheckpoints request)
    {
        var all = new List<ListedCheckpoint>();
        for (CheckpointPage? page = null; page is null || page.NextCursor is not null; all.AddRange(page.Items))
            page = await Client.ListAsync(request with { Cursor = page?.NextCursor });
        return all;
    }

    /// <summary>Stores an event of somebody else under an id; the id's own actor must not be alive.</summary>
    private async Task StoreAsync(string persistenceId)
    {
        foreach (var child in ((ActorRefWithCell)RetainCheckpoints.Get(Sys).Region).Children.ToList())
        {
            Sys.Stop(await WatchAsync(child));
            await ExpectTerminatedAsync(child);
        }

        var writer = await WatchAsync(Sys.ActorOf(Props.Create(() => new Writer(persistenceId))));
        writer.Tell("no record"u8.ToArray(), TestActor);
        await ExpectMsgAsync<byte[]>();
        Sys.Stop(writer);
        await ExpectTerminatedAsync(writer);
    }

    private sealed class Writer(string persistenceId) : UntypedPersistentActor
    {
        public override string PersistenceId => persistenceId;

        protected override void OnCommand(object message) => Persist(message, stored => Sender.Tell(stored));

        protected override void OnRecover(object message)
        {
            // It only writes.
        }
    }
}
