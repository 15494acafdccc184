using System.Text.Json;
using RetainActors.Checkpoints;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Tests.Checkpoints;

public sealed class CheckpointDeciderSpecs
{
    private static readonly CheckpointKey Key = Contexts.Key;
    private readonly RetainContext _context = Contexts.After("READ");
    private readonly DecidedKey _key = new(Key);

    [Fact(DisplayName = "A key's revision should grow with every record, and a load should name the last one")]
    public void Revisions()
    {
        Assert.Equal(new NotFound(Key), _key.Do(new Load(Key)));
        Assert.Equal(new Saved(Key, 1), _key.Do(new Save(_context)));
        Assert.Equal(new Claimed(Key, 1, 2), _key.Do(new Claim(Key)));
        Assert.Equal(new Saved(Key, 3), _key.Do(new Save(_context, Epoch: 1)));

        var loaded = _key.Load();
        Assert.Equal((3, 1, _context), (loaded.Revision, loaded.Epoch, loaded.Context));
    }

    [Fact(DisplayName = "A repeated save id should give the first revision, and be Invalid with other content")]
    public void Save_id()
    {
        var (id, unknown) = (Guid.NewGuid(), Guid.NewGuid());
        _key.Do(new Save(_context, id));
        _key.Do(new Save(Contexts.After("READ", "MORE")));

        Assert.Equal(new Saved(Key, 1), _key.Do(new Save(_context, id, ExpectedRevision: 99)));
        Refused(RefuseReason.Invalid, new Save(Contexts.After("OTHER"), id));
        Assert.Equal(new Saved(Key, 1), _key.Do(new SaveStatus(Key, id)));
        Assert.Equal(new SaveNotFound(Key, unknown), _key.Do(new SaveStatus(Key, unknown)));
    }

    [Fact(DisplayName = "The last 64 save ids of a key should be known, and no more than that")]
    public void Save_id_window()
    {
        Guid[] ids = [.. Enumerable.Range(0, 300).Select(_ => Guid.NewGuid())];
        foreach (var id in ids) _key.Do(new Save(_context, id));

        Assert.All(ids.TakeLast(64), id => Assert.IsType<Saved>(_key.Do(new SaveStatus(Key, id))));
        Assert.All(ids.SkipLast(64), id => Assert.IsType<SaveNotFound>(_key.Do(new SaveStatus(Key, id))));
    }

    [Fact(DisplayName = "Of two saves on one expected revision exactly one should be stored, and the conflict should name both revisions")]
    public void Conflict()
    {
        _key.Do(new Save(_context, ExpectedRevision: 0));
        Assert.IsType<Saved>(_key.Do(new Save(Contexts.After("A"), ExpectedRevision: 1)));
        var refused = Refused(RefuseReason.Conflict, new Save(Contexts.After("B"), ExpectedRevision: 1));

        Assert.Contains("revision 1 ", refused.Detail);
        Assert.Contains("revision 2", refused.Detail);
        Refused(RefuseReason.Conflict, new Save(_context, ExpectedRevision: 0));
    }

    [Fact(DisplayName = "An older epoch should be StaleEpoch, and a save without epoch should wait for the claimed run to end")]
    public void Epochs()
    {
        _key.Do(new Claim(Key));
        _key.Do(new Claim(Key));
        Refused(RefuseReason.StaleEpoch, new Save(_context, Epoch: 1));
        Refused(RefuseReason.StaleEpoch, new Save(_context));
        Refused(RefuseReason.Invalid, new Save(_context, Epoch: 3));
        Assert.IsType<Saved>(_key.Do(new Save(_context with { Status = CheckpointStatus.Completed }, Epoch: 2)));
        Assert.IsType<Saved>(_key.Do(new Save(_context)));
    }

    [Fact(DisplayName = "Delete should say whether there was a checkpoint, be repeatable, count on, and keep the old owner out")]
    public void Delete()
    {
        Assert.Equal(new Deleted(Key, 0, Existed: false), _key.Do(new Delete(Key)));
        _key.Do(new Claim(Key));
        _key.Do(new Save(_context, Epoch: 1));

        Assert.Equal(new Deleted(Key, 3, Existed: true), _key.Do(new Delete(Key)));
        Assert.Equal(new Deleted(Key, 3, Existed: false), _key.Do(new Delete(Key)));
        Assert.Equal(new NotFound(Key), _key.Do(new Load(Key)));
        Refused(RefuseReason.StaleEpoch, new Save(_context, Epoch: 1));
        Assert.Equal(new Saved(Key, 4), _key.Do(new Save(_context, ExpectedRevision: 0)));
        Refused(RefuseReason.StaleEpoch, new Save(_context, Epoch: 1));
    }

    [Fact(DisplayName = "A claim or a delete that is sent again under its id should get its first answer and write nothing")]
    public void Repeated_claim_and_delete()
    {
        var (first, second, delete) = (new Claim(Key, Guid.NewGuid()), new Claim(Key, Guid.NewGuid()), new Delete(Key, Guid.NewGuid()));
        Assert.Equal(new Claimed(Key, 1, 1), _key.Do(first));
        Assert.Equal(new Claimed(Key, 1, 1), _key.Do(first));
        Assert.Equal(new Claimed(Key, 2, 2), _key.Do(second));
        Assert.Equal(new Claimed(Key, 1, 1), _key.Do(first));
        Refused(RefuseReason.Invalid, new Save(_context, second.ClaimId));
        _key.Do(new Save(_context, Epoch: 2));

        Assert.Equal(new Deleted(Key, 4, Existed: true), _key.Do(delete));
        Assert.Equal(new Deleted(Key, 4, Existed: true), _key.Do(delete));
        Assert.Equal(new Deleted(Key, 4, Existed: false), _key.Do(new Delete(Key)));
        Assert.Equal(4, _key.Records.Count);
    }

    [Fact(DisplayName = "What could not be read again should be refused, though the compiler let it pass: null in a list")]
    public void Null_items()
    {
        var context = Contexts.After();
        foreach (var wrong in new[]
        {
            context with { Entities = ["e", null!] }, context with { Errors = [null!] }, context with { SupersedesEdges = [default!] },
            context with { StepLog = [Contexts.Step("A") with { State = null! }] },
        })
            Refused(RefuseReason.Invalid, new Save(wrong));
        Assert.Empty(_key.Records);
    }

    [Fact(DisplayName = "The result of a branch that could not be merged or read again should be refused")]
    public void Wrong_branches()
    {
        var fork = Contexts.After("FORK");
        _key.Do(new Claim(Key));
        _key.Do(new Save(fork, Epoch: 1));
        foreach (var set in new[] { """{"attempt":"x"}""", """{"entities":[null]}""", """{"of-later":"\ud800"}""" })
            Refused(RefuseReason.Invalid, new SaveBranch(Key, 1, "FORK", 1, "A", new ContextDelta(JsonSerializer.Deserialize<JsonMembers>(set)!, JsonMembers.Empty, []), Guid.NewGuid()));
        Refused(RefuseReason.Invalid, new SaveBranch(Key, 1, "FORK", 1, "\ud800", ContextDelta.Between(fork, fork), Guid.NewGuid()));
        Assert.Equal(2, _key.Records.Count);
    }

    [Fact(DisplayName = "A value that a lenient parser let pass should be stored so that it can be read again")]
    public void Lenient()
    {
        var value = JsonDocument.Parse("[1.50,/* no JSON */2,]", new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip }).RootElement;
        var members = JsonMembers.Empty.With("n", value);
        var context = Contexts.After() with { StepLog = [Contexts.Step("A") with { Notes = members }], UnknownMembers = members };
        _key.Do(new Save(context));
        _key.Do(new Save(context with { UnknownMembers = members.With("m", value) }));

        var state = _key.Records.Index().Aggregate(new CheckpointState(Key), (state, stored) => state.Replay(CheckpointRecord.Decode(stored.Item.Frame), stored.Index + 1));
        Assert.Null(state.Damage);
        Assert.True(state.Context!.UnknownMembers.TryGet("m", out var kept));
        Assert.Equal("[1.50,2]", kept.GetRawText());
    }

    [Fact(DisplayName = "A branch should be stored once, outlive its sibling's failure, and be gone with the next state's save")]
    public void Branches()
    {
        var fork = Contexts.After("FORK");
        var delta = ContextDelta.Between(fork, fork with { Entities = ["e"] });
        _key.Do(new Claim(Key));
        _key.Do(new Save(fork, Epoch: 1));

        Assert.Equal(new Saved(Key, 3), _key.Do(new SaveBranch(Key, 1, "FORK", 1, "A", delta, Guid.NewGuid())));
        Assert.Equal(new Saved(Key, 3), _key.Do(new SaveBranch(Key, 1, "FORK", 1, "A", delta, Guid.NewGuid())));
        Refused(RefuseReason.Conflict, new SaveBranch(Key, 1, "FORK", 1, "A", ContextDelta.Between(fork, fork), Guid.NewGuid()));
        Refused(RefuseReason.Invalid, new SaveBranch(Key, 1, "FORK", 2, "B", delta, Guid.NewGuid()));
        Refused(RefuseReason.Invalid, new SaveBranch(Key, 1, "OTHER", 1, "B", delta, Guid.NewGuid()));
        Assert.Equal(new BranchResult("FORK", 1, "A", delta, 3), Assert.Single(_key.Load().Branches));

        _key.Do(new Save(fork with { Status = CheckpointStatus.Failed, Errors = ["parallel:B: x"] }, Epoch: 1));
        Assert.Single(_key.Load().Branches);
        _key.Do(new Save(Contexts.After("FORK", "JOIN"), Epoch: 1));
        Assert.Empty(_key.Load().Branches);
    }

    [Fact(DisplayName = "What cannot be stored faithfully should be refused before anything is written")]
    public void Edge()
    {
        Assert.Contains("entities[0]", Refused(RefuseReason.Invalid, new Save(_context with { Entities = ["\ud800"] })).Detail);
        Assert.Contains("max-record-size", Refused(RefuseReason.TooLarge, new Save(_context with { Entities = [new string('x', 5000)] })).Detail);
        Assert.Equal(0, _key.State.Revision);
    }

    [Fact(DisplayName = "Replaying the stored records should give the state that they were decided in")]
    public void Replay()
    {
        var fork = Contexts.After("FORK");
        var (id, delta) = (Guid.NewGuid(), ContextDelta.Between(fork, fork with { Entities = ["e"] }));
        _key.Do(new Save(_context, Guid.NewGuid()));
        _key.Do(new Claim(Key));
        _key.Do(new Save(fork, id, Epoch: 1));
        _key.Do(new SaveBranch(Key, 1, "FORK", 1, "A", delta, Guid.NewGuid()));

        var replayed = new CheckpointState(Key);
        foreach (var record in _key.Records) replayed = replayed.Replay(CheckpointRecord.Decode(record.Frame), replayed.Revision + 1);

        Assert.Equal(_key.State.Context, replayed.Context);
        Assert.Equal(_key.State.Branches.AsEnumerable(), replayed.Branches);
        Assert.Equal((4, 1, true), (replayed.Revision, replayed.Epoch, replayed.ClaimOpen));
        Assert.Equal(new Saved(Key, 3), replayed.RecentRequests.Find(id)?.Reply);
    }

    private SaveRefused Refused(RefuseReason reason, ICheckpointCommand command)
    {
        var refused = Assert.IsType<SaveRefused>(_key.Do(command));
        Assert.Equal(reason, refused.Reason);
        return refused;
    }
}
