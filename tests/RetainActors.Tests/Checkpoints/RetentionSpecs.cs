using CsCheck;
using RetainActors.Checkpoints;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Tests.Checkpoints;

public sealed class RetentionSpecs
{
    private static readonly CheckpointKey Key = Contexts.Key;
    private static readonly RetentionPolicy KeepTen = new(10, OnSuccess.Keep, TimeSpan.FromDays(1));

    [Fact(DisplayName = "Trimming should end at a base, keep at least the revisions that are promised, and lose nothing that is served")]
    public void Trim() => Gen.Select(Gen.Int[1, 30], Gen.Int[1, 120]).Sample((keep, saves) =>
    {
        var policy = new RetentionPolicy(keep, OnSuccess.Keep, TimeSpan.FromDays(1));
        var key = new DecidedKey(Key);
        for (var i = 0; i < saves; i++) key.Do(new Save(Contexts.After($"S{i}"), Guid.NewGuid()));
        var first = policy.FirstKept(key.State);

        Assert.InRange(first, 1, Math.Max(1, saves - keep + 1));
        Assert.Equal(BodyEncoding.Base, key.Records[(int)first - 1].Header.Encoding);
        var replayed = new CheckpointState(Key);
        for (var i = first; i <= saves; i++) replayed = replayed.Replay(CheckpointRecord.Decode(key.Records[(int)i - 1].Frame), i);
        Assert.Equal(key.State.Context, replayed.Context);
        Assert.Equal(key.State.RecentRequests.OldestFirst(), replayed.RecentRequests.OldestFirst());
        Assert.Equal(first, replayed.Stored.First);
        Assert.Equal(first, policy.FirstKept(replayed));
    });

    [Fact(DisplayName = "A key of small saves should keep no more than some dozens of records")]
    public void Bounded()
    {
        var key = new DecidedKey(Key);
        for (var i = 0; i < 500; i++) key.Do(new Save(Contexts.After($"S{i}"), Guid.NewGuid()));
        Assert.InRange(500 - KeepTen.FirstKept(key.State) + 1, 10, 64);
    }

    [Fact(DisplayName = "A deletion should let everything before it go at once, and without a limit nothing else should go")]
    public void Tombstone()
    {
        var all = KeepTen with { KeepRevisions = null };
        var key = new DecidedKey(Key);
        for (var i = 0; i < 100; i++) key.Do(new Save(Contexts.After($"S{i}")));
        Assert.Equal(1, all.FirstKept(key.State));
        key.Do(new Delete(Key));
        Assert.Equal((101, 101), (KeepTen.FirstKept(key.State), all.FirstKept(key.State)));
    }

    [Theory(DisplayName = "Only a completed checkpoint that no run owns should expire, and only when its time is over")]
    [InlineData(CheckpointStatus.Running, 40, false)]
    [InlineData(CheckpointStatus.Failed, 40, false)]
    [InlineData(CheckpointStatus.Parked, 40, false)]
    [InlineData(CheckpointStatus.Completed, 23, false)]
    [InlineData(CheckpointStatus.Completed, 24, true)]
    public void Expiry(CheckpointStatus status, int hours, bool expires)
    {
        var key = new DecidedKey(Key) { Retention = KeepTen with { OnSuccess = OnSuccess.Expire } };
        key.Do(new Save(Contexts.After("S") with { Status = status }));
        key.Now += TimeSpan.FromHours(hours);

        Assert.Equal(expires, Assert.IsType<Pruned>(key.Do(new Prune(Key, DryRun: true))).Expired);
        Assert.Single(key.Records);
        Assert.Equal(expires ? new NotFound(Key) : null, key.Do(new Load(Key)) as NotFound);
        Assert.Equal(expires ? 2 : 1, key.Records.Count);
    }

    [Fact(DisplayName = "A claimed key should not expire under its run")]
    public void Claimed_key()
    {
        var key = new DecidedKey(Key) { Retention = KeepTen with { OnSuccess = OnSuccess.Delete } };
        key.Do(new Save(Contexts.After("S") with { Status = CheckpointStatus.Completed }));
        key.Do(new Claim(Key));
        Assert.False(Assert.IsType<Pruned>(key.Do(new Prune(Key))).Expired);
        Assert.IsType<Loaded>(key.Do(new Load(Key)));
    }

    [Fact(DisplayName = "Prune should say what it removes, and delete what has expired")]
    public void Prune_says()
    {
        var key = new DecidedKey(Key) { Retention = KeepTen };
        Assert.Equal(new Pruned(Key, false, null, 0), key.Do(new Prune(Key)));
        for (var i = 0; i < 100; i++) key.Do(new Save(Contexts.After($"S{i}")));
        var first = KeepTen.FirstKept(key.State);
        Assert.Equal(new Pruned(Key, false, first, first - 1), key.Do(new Prune(Key)));
    }
}
