using RetainActors.Checkpoints;
using RetainActors.Cli.Report;

namespace RetainActors.Cli.Tests.Report;

public sealed class ReportReaderSpecs
{
    private static readonly CheckpointKey Key = new("b", "s");

    [Theory(DisplayName = "A journal that does not answer should not be called damaged, and damage not be called a missing answer")]
    [InlineData("DeadlineExceeded", ListedStatus.Completed, true)]
    [InlineData("JournalPoisoned", ListedStatus.Running, true)]
    [InlineData("SegmentCorrupt", ListedStatus.Completed, false)]
    [InlineData("SegmentMissing", ListedStatus.Completed, false)]
    [InlineData("EventUnreadable", ListedStatus.Completed, false)]
    [InlineData("DeadlineExceeded", ListedStatus.Unreadable, false)]
    public void Unavailable(string reason, ListedStatus listed, bool expected)
    {
        var reading = ReportReader.WithProblem(ReadingOf(listed), new CheckpointUnavailableException(Key, reason, "detail"));

        Assert.Equal((expected, $"b/s: {reason}: detail"), (reading.IsUnavailable, reading.Problem));
    }

    [Fact(DisplayName = "A checkpoint whose body is damaged should keep the revision that can be read instead")]
    public void Damaged()
    {
        var reading = ReportReader.WithProblem(ReadingOf(ListedStatus.Completed), new CheckpointUnreadableException(Key, "no context", lastGoodRevision: 4));

        Assert.Equal((false, 4), (reading.IsUnavailable, reading.LastGoodRevision));
    }

    private static CheckpointReading ReadingOf(ListedStatus status) => new(new ListedCheckpoint(Key, status, null, null, 7, 1, null, null), null);
}
