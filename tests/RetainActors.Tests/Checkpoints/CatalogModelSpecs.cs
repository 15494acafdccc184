using CsCheck;
using RetainActors.Checkpoints;
using static RetainActors.Checkpoints.CatalogProtocol;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Tests.Checkpoints;

/// <summary>The catalog against the checkpoints that the same records make.</summary>
public sealed class CatalogModelSpecs
{
    /// <summary>What befalls one of four keys; 0 to 4 damage the record that is stored.</summary>
    private static readonly Gen<(int Key, int What, CheckpointStatus Status)[]> Steps =
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 60], Gen.Enum<CheckpointStatus>()).Array[0, 120];

    [Fact(DisplayName = "Whatever is done to keys, the catalog should list what loading each would find, also when records are read twice")]
    public void Model() => Steps.Sample(
        steps =>
        {
            var catalog = new CheckpointCatalog();
            var keys = Enumerable.Range(0, 4).Select(n => new DecidedKey(new CheckpointKey("b", $"{n}"))).ToArray();
            foreach (var (n, what, status) in steps)
            {
                var key = keys[n];
                var before = key.State;
                key.Now = key.Now.AddSeconds(1);
                if (what < 5) key.Replay(new UnreadableRecord("cut", null));
                else key.Do(CommandOf(key.State, what, status));
                if (key.State.Revision == before.Revision) continue;

                var stored = new CheckpointCatalogEvent(
                    key.State.Key.PersistenceId, key.State.Revision, what < 5 ? null : key.Records[^1].Header, what < 5 ? "cut" : null);
                catalog.Apply(stored);
                if (key.State.Exists) catalog.Apply(stored);
            }

            var page = (CheckpointPage)catalog.Page(new ListCheckpoints());
            Assert.Equal(keys.Select(key => key.State).Where(state => state.Exists).Select(Expected), page.Items.Select(Told));
        },
        iter: 2_000);

    private static ICheckpointCommand CommandOf(CheckpointState state, int what, CheckpointStatus status) => what switch
    {
        < 10 => new Delete(state.Key),
        < 20 => new Claim(state.Key),
        _ => new Save(new RetainContext(state.Key) { Status = status, NextState = $"{status}{what}", CompletedState = "DONE" }, Epoch: state.Epoch),
    };

    /// <summary>Of a damaged checkpoint only that, and where it is.</summary>
    private static object Expected(CheckpointState state) => state.Context is { } context
        ? (state.Key, Enum.Parse<ListedStatus>(context.Status.ToString()), state.Revision, state.Epoch, context.NextState, state.SavedAt)
        : (state.Key, ListedStatus.Unreadable, state.Revision);

    private static object Told(ListedCheckpoint item) => item.Problem is null
        ? (item.Key, item.Status, item.Revision, item.Epoch, item.NextState, item.SavedAt)
        : (item.Key, item.Status, item.Revision);

    [Fact(DisplayName = "A bank among a hundred thousand checkpoints should be listed whole")]
    public void Many()
    {
        const int keys = 100_000;
        var catalog = new CheckpointCatalog();
        for (var n = 0; n < keys; n++)
        {
            var key = new DecidedKey(new CheckpointKey($"bank-{n % 10}", $"notes/2026/{n:000000}.md"));
            key.Do(new Save(new RetainContext(key.State.Key) { NextState = "READ" + (n % 5) }));
            catalog.Apply(new CheckpointCatalogEvent(key.State.Key.PersistenceId, 1, key.Records[0].Header, null));
        }

        Assert.Equal(keys / 10, ((CheckpointPage)catalog.Page(new ListCheckpoints("bank-3", Limit: 10_000))).Items.Length);
        Assert.Equal(keys, catalog.Count);
    }
}
