namespace RetainActors.Storage.Tests;

/// <summary>Segments that were sealed before there were indexes.</summary>
public class OldSegmentSpecs
{
    private const string Output = "/repaired/journal";

    [Fact(DisplayName = "Damage to a record of a segment without an index should refuse the opening at its place, since nothing else says whose it is")]
    public void Refused()
    {
        var image = LogImage.Fixture("v1");
        var name = image.Segments.First();
        var (records, sealAt) = Layout(image);
        Assert.True(records.Count > 2);
        for (var offset = SegmentFormat.HeaderSize; offset < sealAt; offset += 5)
        {
            var damage = Assert.IsType<SegmentCorruptException>(image.WithFlip(name, offset).Open().Failure);
            Assert.Equal(name, Path.GetFileName(damage.File));
            Assert.InRange(damage.Offset, SegmentFormat.HeaderSize, offset);
        }
    }

    [Fact(DisplayName = "Repair should save all but the damaged record of a segment without an index, also a last deletion")]
    public async Task Repaired()
    {
        var image = LogImage.Fixture("v1");
        var name = image.Segments.First();
        var (records, _) = Layout(image);
        foreach (var lost in records)
        {
            var fileSystem = image.WithFlip(name, (int)lost.Offset + 20).ToFileSystem();
            var left = new List<LogFinding>();
            new LogRepair(LogImage.Directory, Output, fileSystem) { OnLeftOut = left.Add }.Run();
            Assert.InRange(Assert.Single(left).Offset, lost.Offset - SegmentFormat.BatchHeaderSize, lost.Offset);

            using var log = FileLog.Open(new FileLogSettings { Directory = Output }, fileSystem);
            foreach (var kept in records.Where(record => record != lost))
                Assert.InRange(await log.GetHighestSequenceNumberAsync(kept.Id), kept.Number, long.MaxValue);
        }
    }

    [Fact(DisplayName = "A read by position should read a segment without an index like any other")]
    public void By_position()
    {
        using var log = LogHost.InMemory(LogImage.Fixture("v1").ToFileSystem()).Open();
        Assert.Equal([5L, 6, 7, 8], log.ReadByPosition(0, long.MaxValue).Select(record => record.Position));
        // A deletion has a position too.
        Assert.Equal(9, log.LastPosition);
    }

    /// <summary>The records of the first segment, and where its seal is.</summary>
    private static (List<Place> Records, int SealAt) Layout(LogImage image)
    {
        var name = image.Segments.First();
        Assert.True(Segment.TryParseName(name, out var number, out var generation));
        using var segment = Segment.Open(image.ToFileSystem(), LogImage.Directory, number, generation);
        var places = new Places();
        Assert.Null(SegmentIndexFile.TryRead(segment, places));
        Assert.True(new SegmentReader(segment, places, onlyProven: false).Scan().IsSealed);
        return (places.All, image.Files[name].Length - SegmentFormat.BatchHeaderSize);
    }

    private sealed record Place(string Id, long Number, long Offset);

    private sealed class Places : IRecordSink
    {
        internal List<Place> All { get; } = [];

        public void Take(Segment segment, in IndexEntry entry, ReadOnlySpan<byte> record) =>
            All.Add(new Place(SegmentFormat.StrictUtf8.GetString(entry.Id), entry.SequenceNumber, entry.Offset));
    }
}
