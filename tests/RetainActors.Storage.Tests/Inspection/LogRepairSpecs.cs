namespace RetainActors.Storage.Tests.Inspection;

public class LogRepairSpecs
{
    private const string Output = "/repaired/journal";

    [Fact(DisplayName = "LogRepair should copy a sound log whole: ids, numbers, payloads, deletions and highest numbers")]
    public async Task Sound()
    {
        using var host = LogHost.Create(onDisk: false);
        string[] expected;
        using (var log = host.Open())
        {
            for (var number = 1; number <= 30; number++) await log.Append("a", number * 2, new string('x', 800));
            await log.Append("gone", 7);
            await log.DeleteAsync("gone", 7);
            await log.DeleteAsync("a", 50);
            await log.CompactAsync(1);
            expected = LogImage.Contents(log);
        }

        var before = LogImage.Of(host.FileSystem);
        var left = new List<LogFinding>();
        var report = new LogRepair(LogImage.Directory, Output, host.FileSystem) { OnLeftOut = left.Add }.Run();

        Assert.Empty(left);
        Assert.Equal((0, 0), (report.Source.Findings, report.Output.Findings));
        Assert.Equal(before.Files, LogImage.Of(host.FileSystem).Files);
        using var repaired = FileLog.Open(host.Settings with { Directory = Output }, host.FileSystem);
        Assert.Equal(expected, LogImage.Contents(repaired));
        Assert.Equal((60, 7), (await repaired.GetHighestSequenceNumberAsync("a"), await repaired.GetHighestSequenceNumberAsync("gone")));
    }

    [Fact(DisplayName = "LogRepair should copy all but the damage, name what it left out, and give a log that opens")]
    public async Task Damaged()
    {
        var image = await InspectedLog.CreateAsync(clean: true);
        var (_, _, all) = InspectedLog.Inspect(image.ToFileSystem());
        foreach (var name in image.Segments.ToArray())
        {
            for (var offset = 0; offset < image.Files[name].Length; offset += 61)
            {
                var fileSystem = image.WithFlip(name, offset).ToFileSystem();
                var left = new List<LogFinding>();
                var report = new LogRepair(LogImage.Directory, Output, fileSystem) { OnLeftOut = left.Add }.Run();

                Assert.True(left.Count > 0, $"{name}, offset {offset}");
                Assert.Equal(0, report.Output.Findings);
                using var log = FileLog.Open(new FileLogSettings { Directory = Output }, fileSystem);
                foreach (var id in log.Ids)
                    foreach (var record in log.Read(id, 1, long.MaxValue, long.MaxValue))
                        Assert.Contains(all, other => other.Id == id && other.SequenceNumber == record.SequenceNumber && other.Payload.Span.SequenceEqual(record.Payload.Span));
                if (offset >= SegmentFormat.HeaderSize) Assert.InRange(report.Events + report.Deletions, all.Count - 3, all.Count);
            }
        }
    }

    [Fact(DisplayName = "LogRepair should refuse a log in use, an output that is not empty, and the log itself")]
    public async Task Refusals()
    {
        using var host = LogHost.Create(onDisk: false);
        using (var log = host.Open())
        {
            await log.Append("a", 1);
            Assert.Throws<RootInUseException>(() => new LogRepair(LogImage.Directory, Output, host.FileSystem).Run());
        }

        Assert.Throws<ArgumentException>(() => new LogRepair(LogImage.Directory, LogImage.Directory, host.FileSystem));
        new LogRepair(LogImage.Directory, Output, host.FileSystem).Run();
        Assert.Throws<RootUnavailableException>(() => new LogRepair(LogImage.Directory, Output, host.FileSystem).Run());
    }
}
