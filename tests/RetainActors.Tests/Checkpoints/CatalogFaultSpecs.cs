using Akka.Actor;
using Akka.Configuration;
using RetainActors.Checkpoints;

namespace RetainActors.Tests.Checkpoints;

/// <summary>Lists through read journals that can do less, or fail.</summary>
public sealed class CatalogFaultSpecs
{
    private static readonly CheckpointKey[] Keys = [new("b", "1"), new("b", "2"), new("b", "3")];

    [Fact(DisplayName = "A read journal without a query for all events should give the same lists, each key read on from where it was")]
    public Task Ids_only() => WithSystemAsync(IdsReadJournal.ConfigOf(typeof(IdsReadJournal)), async (client, faults, _) =>
    {
        foreach (var key in Keys) await client.SaveAsync(new RetainContext(key));
        Assert.Equal(Keys, (await client.ListAsync()).Items.Select(item => item.Key));
        await client.SaveAsync(new RetainContext(Keys[1]));
        await client.DeleteAsync(Keys[0]);
        faults.KeysRead.Clear();

        Assert.Equal([(Keys[1], 2), (Keys[2], 1)], (await client.ListAsync()).Items.Select(item => (item.Key, item.Revision)));
        Assert.Equal([(Keys[0].PersistenceId, 2), (Keys[1].PersistenceId, 2), (Keys[2].PersistenceId, 2)], faults.KeysRead.Order());
    });

    [Fact(DisplayName = "A journal that is damaged in one key should list all others, say what is damaged, and forget it when it can be read again")]
    public Task One_damaged() => WithSystemAsync(IdsReadJournal.ConfigOf(typeof(AllEventsReadJournal)), async (client, faults, _) =>
    {
        foreach (var key in Keys.Skip(1)) await client.SaveAsync(new RetainContext(key));
        Assert.Equal(2, (await client.ListAsync()).Items.Length);
        Assert.Empty(faults.KeysRead);
        await client.SaveAsync(new RetainContext(Keys[0]));
        await client.SaveAsync(new RetainContext(Keys[1]));
        (faults.AllFail, faults.DamagedId) = (true, Keys[0].PersistenceId);

        var items = (await client.ListAsync()).Items;

        Assert.Equal([(Keys[0], ListedStatus.Unreadable, 0), (Keys[1], ListedStatus.Running, 2), (Keys[2], ListedStatus.Running, 1)],
            items.Select(item => (item.Key, item.Status, (int)item.Revision)));
        Assert.Equal("InvalidData: segment 7 is damaged", items[0].Problem);

        faults.DamagedId = Keys[1].PersistenceId;
        Assert.Equal([ListedStatus.Running, ListedStatus.Unreadable, ListedStatus.Running], (await client.ListAsync()).Items.Select(item => item.Status));
        faults.AllFail = false;
        Assert.All((await client.ListAsync()).Items, item => Assert.Equal((ListedStatus.Running, null), (item.Status, item.Problem)));
    });

    [Fact(DisplayName = "A journal that cannot be read at all should be named, and listed again when it can")]
    public Task All_damaged() => WithSystemAsync(IdsReadJournal.ConfigOf(typeof(AllEventsReadJournal)), async (client, faults, _) =>
    {
        await client.SaveAsync(new RetainContext(Keys[0]));
        (faults.AllFail, faults.IdsFail) = (true, true);
        var refused = await Assert.ThrowsAsync<ListRefusedException>(() => client.ListAsync());
        Assert.Equal((ListRefuseReason.Unavailable, "Unavailable: IO: the ids cannot be read"), (refused.Reason, refused.Message));
        (faults.AllFail, faults.IdsFail) = (false, false);
        Assert.Single((await client.ListAsync()).Items);
    });

    [Fact(DisplayName = "The negative control, a journal with the query for all events and no other, should hide every key behind one that is damaged")]
    public Task Negative_control() => WithSystemAsync(IdsReadJournal.ConfigOf(typeof(OnlyAllEventsReadJournal)), async (client, faults, _) =>
    {
        await client.SaveAsync(new RetainContext(Keys[0]));
        faults.AllFail = true;
        Assert.Equal(ListRefuseReason.Unavailable, (await Assert.ThrowsAsync<ListRefusedException>(() => client.ListAsync())).Reason);
    });

    [Fact(DisplayName = "A read journal that gives nothing should end in a named answer at the deadline, and not hold up later lists")]
    public Task Deadline() => WithSystemAsync(VirtualTime.Config.WithFallback(IdsReadJournal.ConfigOf(typeof(AllEventsReadJournal))), async (client, faults, system) =>
    {
        faults.AllHang = true;
        var list = client.ListAsync();
        await faults.Hangs.Task;
        system.Advance(TimeSpan.FromSeconds(31));
        var refused = await Assert.ThrowsAsync<ListRefusedException>(() => list);
        Assert.Contains(refused.Reason, new[] { ListRefuseReason.DeadlineExceeded, ListRefuseReason.Unavailable });

        faults.AllHang = false;
        await Barrier(system);
        Assert.Empty((await client.ListAsync()).Items);
    });

    [Theory(DisplayName = "A query-plugin-id that names no read journal should be refused with the key that is wrong")]
    [InlineData("", "is not set")]
    [InlineData("no.such.section", "is no.such.section, which is no read journal")]
    [InlineData("akka.persistence.journal.retain-memory", "is akka.persistence.journal.retain-memory, which is no read journal")]
    public Task Not_configured(string id, string problem) => WithSystemAsync(
        ConfigurationFactory.ParseString($"retain.checkpoint.query-plugin-id = \"{id}\"").WithFallback(TestJournal.Config), async (client, _, _) =>
        {
            var refused = await Assert.ThrowsAsync<ListRefusedException>(() => client.ListAsync());
            Assert.Equal(ListRefuseReason.NotConfigured, refused.Reason);
            Assert.Contains("retain.checkpoint.query-plugin-id " + problem, refused.Message, StringComparison.Ordinal);
        });

    [Fact(DisplayName = "The profiles should list through the journal that they configure")]
    public async Task Profiles()
    {
        using var root = new TempDirectory();
        foreach (var profile in new[] { "file.conf", "memory.conf" })
            await WithSystemAsync(
                ConfigurationFactory.ParseString($"akka.loglevel = OFF\nakka.stdout-loglevel = OFF\nakka.persistence.journal.retain-file.root = \"{root.Path}\"")
                    .WithFallback(ConfigurationFactory.ParseString(File.ReadAllText(Repository.File("hocon", profile)))),
                async (client, _, _) =>
                {
                    await client.SaveAsync(new RetainContext(Keys[0]));
                    Assert.Equal(Keys[0], Assert.Single((await client.ListAsync()).Items).Key);
                });
    }

    [Fact(DisplayName = "The defaults of the catalog should be what the documents say, and a wrong one be refused by its key")]
    public void Settings()
    {
        var defaults = RetainCheckpoints.DefaultConfig;
        Assert.Equal(
            new CheckpointCatalogSettings("", 1_000_000, 1000, TimeSpan.FromSeconds(30)), CheckpointCatalogSettings.From(defaults, CheckpointSettings.From(defaults)));
        var wrong = ConfigurationFactory.ParseString("retain.checkpoint.max-listed-keys = 0").WithFallback(defaults);
        Assert.Contains("retain.checkpoint.max-listed-keys ",
            Assert.Throws<ConfigurationException>(() => CheckpointCatalogSettings.From(wrong, CheckpointSettings.From(wrong))).Message, StringComparison.Ordinal);
    }

    /// <summary>Returns when the catalog has handled what it got.</summary>
    private static async Task Barrier(ActorSystem system) =>
        await RetainCheckpoints.Get(system).Catalog.Ask<ActorIdentity>(new Identify(null), TimeSpan.FromSeconds(20));

    private static async Task WithSystemAsync(Config config, Func<ICheckpointClient, CatalogFaults, ActorSystem, Task> use)
    {
        var system = ActorSystem.Create("catalog", ConfigurationFactory.ParseString("akka.loglevel = OFF\nakka.stdout-loglevel = OFF").WithFallback(config));
        try
        {
            await use(RetainCheckpoints.Get(system).Client, IdsReadJournal.FaultsOf(system), system);
        }
        finally
        {
            await system.Terminate();
        }
    }
}
