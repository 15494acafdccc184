using Akka.TestKit.Xunit2;
using RetainActors.Checkpoints;

namespace RetainActors.Tests;

/// <summary>The seed's file backend was "not safe across concurrent writes to the same source". This one is.</summary>
public sealed class TwoWritersSpecs() : TestKit(TestJournal.Config)
{
    private static readonly CheckpointKey Key = Contexts.Key;

    private ICheckpointClient Client => RetainCheckpoints.Get(Sys).Client;

    [Fact(DisplayName = "Two writers on one source at once: neither is lost silently, the later one is told of the conflict")]
    public async Task Interleaved()
    {
        await Client.SaveAsync(new RetainContext(Key));
        var first = (await Client.LoadAsync(Key))!;
        var second = (await Client.LoadAsync(Key))!;
        await Client.SaveAsync(first.Context with { Entities = ["first"] }, expectedRevision: first.Revision);

        var refused = await Assert.ThrowsAsync<SaveRefusedException>(
            () => Client.SaveAsync(second.Context with { Entities = ["second"] }, expectedRevision: second.Revision));

        Assert.Equal(RefuseReason.Conflict, refused.Reason);
        Assert.Equal(["first"], (await Client.LoadAsync(Key))!.Context.Entities.AsEnumerable());
    }

    [Fact(DisplayName = "The seed's pattern, driven through the same interleaving, loses the first writer without a word (negative control)")]
    public void Seed_loses()
    {
        using var directory = new TempDirectory();
        var seed = new SeedFileCheckpoint(directory.Path);
        seed.Save("source", []);
        var first = seed.Load("source");
        var second = seed.Load("source");
        seed.Save("source", [.. first, "first"]);
        seed.Save("source", [.. second, "second"]);

        Assert.Equal(["second"], seed.Load("source"));
    }

    [Fact(DisplayName = "Many writers that retry on Conflict should all find their work in the checkpoint")]
    public async Task Hammered()
    {
        const int writers = 4, each = 25;
        await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < each; i++) await AddAsync($"{writer}-{i}");
        })));

        var entities = (await Client.LoadAsync(Key))!.Context.Entities;
        Assert.Equal(writers * each, entities.Distinct().Count());
        Assert.Equal(writers * each, entities.Length);
    }

    private async Task AddAsync(string entity)
    {
        while (true)
        {
            var loaded = await Client.LoadAsync(Key);
            var context = loaded?.Context ?? new RetainContext(Key);
            try
            {
                await Client.SaveAsync(context with { Entities = context.Entities.Add(entity) }, expectedRevision: loaded?.Revision ?? 0);
                return;
            }
            catch (SaveRefusedException e) when (e.Reason == RefuseReason.Conflict)
            {
                // Another writer was first: load again and add to what it wrote.
            }
        }
    }
}
