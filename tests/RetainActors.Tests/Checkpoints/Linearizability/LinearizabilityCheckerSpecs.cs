using RetainActors.Checkpoints;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Tests.Checkpoints.Linearizability;

/// <summary>The check itself, on histories written by hand.</summary>
public sealed class LinearizabilityCheckerSpecs
{
    private static readonly CheckpointKey Key = Contexts.Key;

    [Fact(DisplayName = "The linearizability checker should accept concurrent operations in the one order that explains them")]
    public void Accepts() => Assert.True(LinearizabilityChecker.IsLinearizable(
    [
        Done(Save("a"), 1, 5, new Saved(Key, 2)), Done(Save("b"), 2, 4, new Saved(Key, 1)), Done(new Load(Key), 6, 7, Loaded("a", 2)),
    ]));

    [Fact(DisplayName = "The linearizability checker should refuse an acknowledged save that is lost, a revision given twice, and a load of the past")]
    public void Refuses()
    {
        Assert.False(LinearizabilityChecker.IsLinearizable([Done(Save("a"), 1, 2, new Saved(Key, 1)), Done(new Load(Key), 3, 4, new NotFound(Key))]));
        Assert.False(LinearizabilityChecker.IsLinearizable([Done(Save("a"), 1, 2, new Saved(Key, 1)), Done(Save("b"), 3, 4, new Saved(Key, 1))]));
        Assert.False(LinearizabilityChecker.IsLinearizable(
        [
            Done(Save("a"), 1, 2, new Saved(Key, 1)), Done(Save("b"), 3, 4, new Saved(Key, 2)), Done(new Load(Key), 5, 6, Loaded("a", 1)),
        ]));
    }

    [Fact(DisplayName = "The linearizability checker should let an unknown save happen late or never, but not both, and a refused one never")]
    public void Unknown()
    {
        var unknown = Done(Save("a"), 1, 2, new SaveUnknown(Key, null, ""));
        var (landed, never) = (Done(Status(unknown), 9, 10, new Saved(Key, 1)), Done(Status(unknown), 9, 10, new SaveNotFound(Key, unknown.Id!.Value)));
        var (missing, found) = (Done(new Load(Key), 3, 4, new NotFound(Key)), Done(new Load(Key), 5, 6, Loaded("a", 1)));
        Assert.True(LinearizabilityChecker.IsLinearizable([unknown, missing, found, landed]));
        Assert.True(LinearizabilityChecker.IsLinearizable([unknown, missing, never]));
        Assert.False(LinearizabilityChecker.IsLinearizable([unknown, found, Done(new Load(Key), 7, 8, new NotFound(Key)), landed]));
        Assert.False(LinearizabilityChecker.IsLinearizable([unknown, found, never]));
        Assert.False(LinearizabilityChecker.IsLinearizable([unknown, landed, Done(Status(unknown), 11, 12, new Saved(Key, 2))]));
        Assert.False(LinearizabilityChecker.IsLinearizable([Done(Save("a"), 1, 2, new SaveRefused(Key, RefuseReason.Failed, "")), found]));

        static SaveStatus Status(Operation save) => new(Key, save.Id!.Value);
    }

    private static Save Save(string value) => new(new RetainContext(Key) { DocumentId = value }, Guid.NewGuid());

    private static Loaded Loaded(string value, long revision) =>
        new(Key, revision, 0, new RetainContext(Key) { DocumentId = value }, Timestamp.Parse("2026-01-01"), []);

    private static Operation Done(ICheckpointCommand command, int begin, int end, ICheckpointReply reply)
    {
        var operation = new Operation(1, command, begin);
        operation.Answer(reply, end);
        return operation;
    }
}
