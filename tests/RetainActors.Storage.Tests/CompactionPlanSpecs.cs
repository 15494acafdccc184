namespace RetainActors.Storage.Tests;

public class CompactionPlanSpecs
{
    [Theory(DisplayName = "CompactionPlan should foretell what compaction rewrites and never promise more bytes than it wins")]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public async Task Foretells(double liveShare)
    {
        using var host = LogHost.Create(onDisk: false);
        host.Settings = host.Settings with { CompactionLiveShare = 0 };
        using (var log = host.Open()) await FillAsync(log);

        var planned = Plan(host, liveShare, _ => false);

        using var opened = host.Open();
        var report = await opened.CompactAsync(liveShare);
        Assert.Equal(report.RewrittenSegments, planned.Count);
        Assert.InRange(planned.Sum(segment => segment.RecordBytes - segment.LiveBytes), 0, report.ReclaimedBytes);
        Assert.True(planned.Count > 2, $"{planned.Count} segments");
    }

    [Fact(DisplayName = "CompactionPlan should leave out damaged segments and the one that is appended to")]
    public async Task Leaves_out()
    {
        using var host = LogHost.Create(onDisk: false);
        host.Settings = host.Settings with { CompactionLiveShare = 0 };
        using (var log = host.Open()) await FillAsync(log);

        var whole = Plan(host, 1, _ => false);
        Assert.All(whole, segment => Assert.True(segment.IsSealed));
        Assert.DoesNotContain(Plan(host, 1, segment => segment == whole[0]), segment => segment == whole[0]);
        Assert.Empty(Plan(host, 1, _ => true));
    }

    private static List<InspectedSegment> Plan(LogHost host, double liveShare, Func<InspectedSegment, bool> isDamaged) =>
        [.. CompactionPlan.Of(
            new LogInspector(host.Settings.Directory, host.FileSystem).Run().Segments, isDamaged, liveShare, host.Settings.SegmentSizeBytes)
            .SelectMany(run => run)];

    /// <summary>Some segments without anything live, some with a half, some whole.</summary>
    private static async Task FillAsync(FileLog log)
    {
        for (var number = 1; number <= 40; number++)
        {
            await log.Append("a", number, new string('a', 500));
            await log.Append(number > 20 ? "b" : "c", number, new string('b', 700));
        }

        await log.DeleteAsync("a", 20);
        await log.DeleteAsync("c", 10);
    }
}
