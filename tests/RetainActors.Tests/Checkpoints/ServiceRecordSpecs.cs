using RetainActors.Checkpoints;
using static RetainActors.Checkpoints.CheckpointProtocol;

namespace RetainActors.Tests.Checkpoints;

public sealed class ServiceRecordSpecs
{
    private static readonly CheckpointKey Key = Contexts.Key;
    private static readonly Save Save = new(Contexts.After());
    private static readonly Load Load = new(Key);

    [Fact(DisplayName = "What the journal is to blame for should be counted in a row, and what the asker is to blame for not at all")]
    public void Counted()
    {
        var record = new ServiceRecord();
        (ICheckpointCommand Command, ICheckpointReply Reply)[] failures =
        [
            (Save, new SaveUnknown(Key, null, "DeadlineExceeded: no answer")), (Save, new SaveRefused(Key, RefuseReason.Failed, "JournalFull: no space")),
            (new Claim(Key), new ClaimRefused(Key, RefuseReason.Failed, "IO: gone")), (Load, new Unavailable(Key, "IO", "gone")),
        ];
        (ICheckpointCommand Command, ICheckpointReply Reply)[] others =
        [
            (Save, new SaveRefused(Key, RefuseReason.Conflict, "d")), (Save, new SaveRefused(Key, RefuseReason.Busy, "d")),
            (Load, new Unavailable(Key, "SegmentCorrupt", "one key")), (Load, new Unavailable(Key, "Busy", "d")), (Load, new Corrupt(Key, "d", null)),
        ];

        for (var i = 0; i < failures.Length; i++)
        {
            record.Take(failures[i].Command, failures[i].Reply, TimeSpan.FromSeconds(i));
            foreach (var (command, reply) in others) record.Take(command, reply, TimeSpan.FromHours(1));
            Assert.Equal((i + 1, TimeSpan.FromSeconds(9 - i)), (record.FailuresInRow, record.AgeOfLastFailure(TimeSpan.FromSeconds(9))));
        }

        Assert.Equal("IO: gone", record.LastFailure);
    }

    [Fact(DisplayName = "A load should make up for loads that failed, and only something stored for a save that failed")]
    public void Made_up_for()
    {
        var record = new ServiceRecord();
        record.Take(Load, new Unavailable(Key, "IO", "gone"), default);
        record.Take(Load, new NotFound(Key), default);
        Assert.Equal((0, null, TimeSpan.Zero), (record.FailuresInRow, record.LastFailure, record.AgeOfLastFailure(TimeSpan.FromHours(1))));

        record.Take(Save, new SaveUnknown(Key, null, "d"), default);
        record.Take(Load, new Unavailable(Key, "IO", "gone"), default);
        record.Take(Load, new NotFound(Key), default);
        Assert.Equal(2, record.FailuresInRow);
        record.Take(new Claim(Key), new Claimed(Key, 1, 1), default);
        Assert.Equal(0, record.FailuresInRow);
    }
}
