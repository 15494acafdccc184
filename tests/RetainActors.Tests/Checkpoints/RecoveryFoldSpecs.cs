using RetainActors.Checkpoints;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Tests.Checkpoints;

/// <summary>What recovery leaves undecoded must not matter, whatever is stored and whatever of it is damaged.</summary>
public sealed class RecoveryFoldSpecs
{
    private static readonly CheckpointKey Key = Contexts.Key;

    [Fact(DisplayName = "Recovery should come to the state that every record replayed one by one gives, damage included")]
    public void Same_state()
    {
        var (damaged, fromTheMiddle) = (0, 0);
        for (var seed = 0; seed < 200; seed++)
        {
            var random = new Random(seed);
            var stored = Damaged(History(random), random);
            // Retention may have removed the records before any of them.
            var begin = random.Next(2) == 0 ? 0 : random.Next(stored.Count);
            var (replayed, fold) = (new CheckpointState(Key), new RecoveryFold(new CheckpointState(Key)));
            for (var i = begin; i < stored.Count; i++)
            {
                replayed = replayed.Replay(stored[i], i + 1);
                fold.Add(stored[i], i + 1);
            }

            var folded = fold.Fold();
            Assert.Equal(Seen(replayed), Seen(folded));
            Assert.Equal(replayed.Context, folded.Context);
            Assert.Equal(replayed.Branches.AsEnumerable(), folded.Branches);
            Assert.Equal(replayed.RecentRequests.OldestFirst(), folded.RecentRequests.OldestFirst());
            Assert.Equal(replayed.Stored.Bases.AsEnumerable(), folded.Stored.Bases);
            damaged += folded.Damage is null ? 0 : 1;
            fromTheMiddle += begin > 0 ? 1 : 0;
        }

        Assert.InRange(damaged, 10, 190);
        Assert.InRange(fromTheMiddle, 10, 190);
    }

    [Fact(DisplayName = "Recovery should not decode the changes that a base makes superfluous")]
    public void Skipped()
    {
        var records = History(new Random(1), operations: 60, onlySaves: true);
        var last = records.FindLastIndex(record => record.Header.Encoding == BodyEncoding.Base);
        Assert.True(last > 20);
        var changes = records[1..last].Where(record => record.Header.Encoding != BodyEncoding.Base).ToList();
        var (fold, state) = (new RecoveryFold(new CheckpointState(Key)), new CheckpointState(Key));
        fold.Add(records[0], 1);
        state = state.Replay(records[0], 1);

        var waiting = AllocatedBy(() => changes.ForEach(change => fold.Add(change, 2)));
        var decoded = AllocatedBy(() => changes.ForEach(change => state = state.Replay(change, 2)));
        Assert.True(waiting * 5 < decoded, $"{waiting} bytes while they wait, {decoded} when they are decoded");
        fold.Add(records[last], last + 1);
        Assert.Equal(0, fold.Fold().Stored.RecordsSince);

        static long AllocatedBy(Action action)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            action();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    private static (long, long, bool, Timestamp?, long, Damage?, long, long, long, int, long) Seen(CheckpointState state) => (
        state.Revision, state.Epoch, state.ClaimOpen, state.SavedAt, state.ContextRevision, state.Damage, state.DeletedAt,
        state.Stored.First, state.Stored.BaseBytes, state.Stored.RecordsSince, state.Stored.BytesSince);

    private static List<CheckpointRecord> History(Random random, int operations = 80, bool onlySaves = false)
    {
        var key = new DecidedKey(Key) { MaxRecordSizeBytes = 64 * 1024 };
        for (var i = 0; i < operations; i++)
        {
            long? epoch = key.State.ClaimOpen ? key.State.Epoch : null;
            key.Do((onlySaves ? 9 : random.Next(20)) switch
            {
                0 => new Claim(Key, Guid.NewGuid()),
                1 => new Delete(Key, Guid.NewGuid()),
                2 => new Rewind(Key, Math.Max(1, key.State.Revision - random.Next(5)), Guid.NewGuid()),
                3 when epoch is { } owner => new SaveBranch(
                    Key, owner, "FORK", 1, $"B{i}", ContextDelta.Between(Contexts.After("FORK"), Contexts.After("FORK") with { Errors = [$"{i}"] }), Guid.NewGuid()),
                _ => new Save(Contexts.After("FORK") with { DocumentId = new string('d', random.Next(200)), Entities = [$"{i}"] }, Guid.NewGuid(), Epoch: epoch),
            });
        }

        return [.. key.Records.Select(record => record.Header.Kind == RecordKind.Delete && random.Next(2) == 0 ? OfVersion1(record) : record)];
    }

    /// <summary>A deletion as version 1 stored it: no base.</summary>
    private static CheckpointRecord OfVersion1(CheckpointRecord deletion) =>
        CheckpointRecord.Of(deletion.Header with { Encoding = BodyEncoding.Full, SchemaVersion = 1 }, []);

    private static List<ICheckpointEvent> Damaged(List<CheckpointRecord> records, Random random)
    {
        var one = random.Next(3);
        var stored = records.Select(record =>
        {
            if (random.Next(one == 0 ? 10 : 1000) > 0) return CheckpointRecord.Decode(record.Frame);
            var changed = record.Frame.ToArray();
            changed[random.Next(changed.Length)] ^= (byte)random.Next(1, 256);
            return CheckpointRecord.Decode(changed);
        }).ToList();
        if (one == 1) stored[random.Next(stored.Count)] = new UnreadableRecord("made up", null);
        return stored;
    }
}
