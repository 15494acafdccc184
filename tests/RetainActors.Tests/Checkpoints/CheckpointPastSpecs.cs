using RetainActors.Checkpoints;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Tests.Checkpoints;

/// <summary>Earlier revisions: loaded, listed, brought back, copied.</summary>
public sealed class CheckpointPastSpecs
{
    private static readonly CheckpointKey Key = Contexts.Key;
    private static readonly CheckpointKey Target = new("bank", "copy of it");
    private readonly DecidedKey _key = new(Key) { MaxRecordSizeBytes = 1 << 20, Retention = new RetentionPolicy(null, OnSuccess.Keep, TimeSpan.FromDays(1)) };

    [Fact(DisplayName = "Every stored revision should be loaded as it was, whether its record is a base or a delta")]
    public void Load_revision()
    {
        var saved = SaveMany(60);
        for (var revision = 1; revision <= saved.Count; revision++)
        {
            var loaded = Assert.IsType<Loaded>(_key.Do(new Load(Key, revision)));
            Assert.Equal((revision, saved[revision - 1]), (loaded.Revision, loaded.Context));
        }

        Assert.Contains(_key.Records, record => record.Header.Encoding == BodyEncoding.Delta);
        Assert.Contains(_key.Records.Skip(1), record => record.Header.Encoding == BodyEncoding.Base);
        Assert.Equal(new NotFound(Key), _key.Do(new Load(Key, 61)));
        Assert.Equal(new NotFound(Key), _key.Do(new Load(Key, 0)));
    }

    [Fact(DisplayName = "Replay should be able to begin at any base, with the same answers as from the first record")]
    public void Bases()
    {
        var (fork, id) = (Contexts.After("FORK"), Guid.NewGuid());
        _key.Do(new Claim(Key, id));
        _key.Do(new Save(fork, Guid.NewGuid(), Epoch: 1));
        _key.Do(new SaveBranch(Key, 1, "FORK", 1, "A", ContextDelta.Between(fork, fork with { Entities = ["e"] }), Guid.NewGuid()));
        for (var i = 0; i < 58; i++) _key.Do(new Save(fork with { DocumentId = $"{i}{new string('d', 200)}" }, Guid.NewGuid(), Epoch: 1));

        var begin = _key.Records.FindLastIndex(record => record.Header.Encoding == BodyEncoding.Base);
        Assert.True(begin > 20);
        var replayed = new CheckpointState(Key);
        for (var i = begin; i < _key.Records.Count; i++) replayed = replayed.Replay(CheckpointRecord.Decode(_key.Records[i].Frame), i + 1);

        Assert.Equal(_key.State.Context, replayed.Context);
        Assert.Equal(_key.State.Branches.AsEnumerable(), replayed.Branches);
        Assert.Equal((_key.State.Revision, 1, true), (replayed.Revision, replayed.Epoch, replayed.ClaimOpen));
        Assert.Equal(_key.State.RecentRequests.OldestFirst(), replayed.RecentRequests.OldestFirst());
        Assert.Equal(new Claimed(Key, 1, 1), replayed.RecentRequests.Find(id)?.Reply);
    }

    [Fact(DisplayName = "The bytes of a long run should grow with what changed, not with its length squared")]
    public void Linear()
    {
        var (half, whole) = (BytesOf(500), BytesOf(1000));
        Assert.InRange(whole.Stored / (double)half.Stored, 1.7, 2.6);
        Assert.True(whole.Stored < 6 * whole.Context, $"{whole.Stored} bytes were stored for a context of {whole.Context}");
        Assert.True(whole.Replay <= StoredRecords.MaxInterval);

        static (long Stored, long Context, int Replay) BytesOf(int transitions)
        {
            var key = new DecidedKey(Key) { MaxRecordSizeBytes = 4 << 20 };
            var context = Contexts.After();
            for (var i = 0; i < transitions; i++)
            {
                context = context with { StepLog = context.StepLog.Add(Contexts.Step($"STATE_{i}")), CompletedState = $"STATE_{i}" };
                Assert.IsType<Saved>(key.Do(new Save(context, Guid.NewGuid())));
            }

            return (key.Records.Sum(record => (long)record.Size), RetainActors.Json.ContextJson.Encode(context).Length, key.State.Stored.RecordsSince);
        }
    }

    [Fact(DisplayName = "History should list revisions newest first, by pages, and say what made each")]
    public void History_pages()
    {
        _key.Do(new Claim(Key));
        var fork = Contexts.After("FORK");
        _key.Do(new Save(fork, Epoch: 1));
        _key.Do(new SaveBranch(Key, 1, "FORK", 1, "A", ContextDelta.Between(fork, fork), Guid.NewGuid()));
        _key.Do(new Rewind(Key, 2));

        var first = Assert.IsType<HistoryPage>(_key.Do(new History(Key, Limit: 3)));
        Assert.Equal([RevisionKind.Rewind, RevisionKind.Branch, RevisionKind.Save], first.Revisions.Select(revision => revision.Kind));
        Assert.Equal((4, 2, "FORK"), (first.Revisions[0].Revision, first.Revisions[0].RewoundTo, first.Revisions[0].CompletedState));
        Assert.Equal("A", first.Revisions[1].Branch);
        Assert.All(first.Revisions, revision => Assert.Equal(_key.Records[(int)revision.Revision - 1].Size, revision.Bytes));

        var last = Assert.IsType<HistoryPage>(_key.Do(new History(Key, first.Before, Limit: 3)));
        Assert.Equal((1, RevisionKind.Claim, (long?)null), (Assert.Single(last.Revisions).Revision, last.Revisions[0].Kind, last.Before));
        Assert.Empty(Assert.IsType<HistoryPage>(_key.Do(new History(Key, Before: 1))).Revisions);
        Assert.Empty(Assert.IsType<HistoryPage>(new DecidedKey(Key).Do(new History(Key))).Revisions);
    }

    [Fact(DisplayName = "What was deleted should be in no history, no load and no rewind, also once the key lives again")]
    public void Deleted_past()
    {
        _key.Do(new Save(Contexts.After("OLD")));
        _key.Do(new Delete(Key));
        Assert.Empty(Assert.IsType<HistoryPage>(_key.Do(new History(Key))).Revisions);

        _key.Do(new Save(Contexts.After("NEW")));
        Assert.Equal([3], Assert.IsType<HistoryPage>(_key.Do(new History(Key))).Revisions.Select(revision => revision.Revision));
        Assert.Equal(new NotFound(Key), _key.Do(new Load(Key, 1)));
        Assert.Equal(RefuseReason.Invalid, Assert.IsType<SaveRefused>(_key.Do(new Rewind(Key, 1))).Reason);
    }

    [Fact(DisplayName = "Rewind should make an earlier revision the newest, keep what is stored, and fence the owner out")]
    public void Rewind_fences()
    {
        var (saved, id) = (SaveMany(5), Guid.NewGuid());
        _key.Do(new Claim(Key));
        Assert.Equal(new Saved(Key, 7), _key.Do(new Rewind(Key, 2, id)));
        Assert.Equal(new Saved(Key, 7), _key.Do(new Rewind(Key, 2, id)));
        Assert.Equal(RefuseReason.Invalid, Assert.IsType<SaveRefused>(_key.Do(new Rewind(Key, 3, id))).Reason);

        Assert.Equal(saved[1], _key.Load().Context);
        Assert.Equal(saved[4], Assert.IsType<Loaded>(_key.Do(new Load(Key, 5))).Context);
        Assert.Equal(RefuseReason.StaleEpoch, Assert.IsType<SaveRefused>(_key.Do(new Save(saved[4], Epoch: 1))).Reason);
        Assert.IsType<Saved>(_key.Do(new Save(saved[4])));
    }

    [Fact(DisplayName = "Rewind should heal a damaged checkpoint, and refuse a revision that is damaged itself")]
    public void Rewind_heals()
    {
        var saved = SaveMany(3);
        var bytes = _key.Records[1].Frame;
        bytes[^2] ^= 0x20;
        var damaged = new DecidedKey(Key);
        foreach (var record in _key.Records)
        {
            damaged.Records.Add(record);
            damaged.Replay(CheckpointRecord.Decode(record.Frame));
        }

        Assert.Equal(1, Assert.IsType<Corrupt>(damaged.Do(new Load(Key))).LastGoodRevision);
        Assert.Equal(RefuseReason.Unreadable, Assert.IsType<SaveRefused>(damaged.Do(new Save(saved[0]))).Reason);
        Assert.Equal(RefuseReason.Invalid, Assert.IsType<SaveRefused>(damaged.Do(new Rewind(Key, 3))).Reason);
        Assert.Equal(
            [RevisionKind.Unreadable, RevisionKind.Unreadable, RevisionKind.Save],
            Assert.IsType<HistoryPage>(damaged.Do(new History(Key))).Revisions.Select(revision => revision.Kind));

        Assert.Equal(new Saved(Key, 4), damaged.Do(new Rewind(Key, 1)));
        Assert.Equal(saved[0], damaged.Load().Context);
        Assert.IsType<Saved>(damaged.Do(new Save(saved[2])));
    }

    [Fact(DisplayName = "Copy should store another key's revision with its open branches under the own key, once, and never over an existing one")]
    public void Copy_key()
    {
        var fork = Contexts.After("FORK");
        _key.Do(new Claim(Key));
        _key.Do(new Save(fork, Epoch: 1));
        _key.Do(new SaveBranch(Key, 1, "FORK", 1, "A", ContextDelta.Between(fork, fork with { Entities = ["e"] }), Guid.NewGuid()));
        var target = new DecidedKey(Target) { Other = _key };
        var id = Guid.NewGuid();

        Assert.Equal(new Saved(Target, 1), target.Do(new Copy(Key, Target, SaveId: id)));
        Assert.Equal(new Saved(Target, 1), target.Do(new Copy(Key, Target, SaveId: id)));
        Assert.Equal(RefuseReason.Conflict, Assert.IsType<SaveRefused>(target.Do(new Copy(Key, Target))).Reason);
        Assert.Equal((fork with { Key = Target }, "A"), (target.Load().Context, Assert.Single(target.Load().Branches).Branch));
        var info = Assert.Single(Assert.IsType<HistoryPage>(target.Do(new History(Target))).Revisions);
        Assert.Equal((RevisionKind.Copy, new CopyOrigin("bank", "docs/source.md", 3)), (info.Kind, info.CopiedFrom));

        Assert.Equal(new Saved(Target, 2), target.Do(new Copy(Key, Target, Revision: 2, ExpectedRevision: 1)));
        Assert.Empty(target.Load().Branches);
        Assert.Equal(3, _key.State.Revision);
        var fresh = new DecidedKey(Target) { Other = new DecidedKey(Key) };
        Assert.Equal(RefuseReason.Invalid, Assert.IsType<SaveRefused>(fresh.Do(new Copy(Key, Target))).Reason);
        Assert.Equal(RefuseReason.Invalid, Assert.IsType<SaveRefused>(_key.Do(new Copy(Key, Key))).Reason);
    }

    private List<RetainContext> SaveMany(int count)
    {
        var saved = new List<RetainContext>();
        for (var i = 0; i < count; i++)
        {
            saved.Add(Contexts.After([.. Enumerable.Range(0, i).Select(state => $"S{state}")]) with { Entities = [$"e{i % 7}"], DocumentId = i % 3 == 0 ? null : $"{i}" });
            Assert.Equal(new Saved(Key, i + 1), _key.Do(new Save(saved[i], Guid.NewGuid())));
        }

        return saved;
    }
}
