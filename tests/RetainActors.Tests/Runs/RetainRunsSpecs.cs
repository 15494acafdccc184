using Akka.TestKit.Xunit2;
using RetainActors.Runs;

namespace RetainActors.Tests.Runs;

public sealed class RetainRunsSpecs : TestKit
{
    private static readonly CheckpointKey Key = new("bank", "source.md");

    public RetainRunsSpecs() : base(TestJournal.Config)
    {
    }

    [Fact(DisplayName = "A run of the default table should complete, and be up to date afterwards")]
    public async Task Default_table()
    {
        var runs = RetainRuns.Start(Sys, StateTable.Default);

        var first = await runs.RunAsync(Key, "some text");
        var second = await runs.RunAsync(Key, "some text");

        Assert.Null(first.Error);
        Assert.Equal(RunOutcome.Completed, first.Outcome);
        Assert.Equal<string>(["INIT", "READ", "COMPLETE"], first.StatesRun);
        Assert.Equal(RunOutcome.UpToDate, second.Outcome);
        Assert.Equal(first.Revision, second.Revision);
        Assert.Equal(first.Context, second.Context);
    }
}
