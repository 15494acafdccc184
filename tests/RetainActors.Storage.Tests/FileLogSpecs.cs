namespace RetainActors.Storage.Tests;

public class FileLogSpecs
{
    public static TheoryData<bool> Places => [true, false];

    [Theory(DisplayName = "FileLog should read back what was appended, also after it was opened again")]
    [MemberData(nameof(Places))]
    public async Task Reads_back(bool onDisk)
    {
        using var host = LogHost.Create(onDisk);
        using (var log = host.Open())
        {
            await log.Append("a", 1);
            await log.AppendAsync([LogHost.Entry("a", 2), LogHost.Entry("b", 7), LogHost.Entry("a", 4)]);
            Assert.Equal(["1=a#1", "2=a#2", "4=a#4"], log.ReadAll("a"));
            Assert.Equal([1, 2, 4, 3], log.Read("a", 1, 9, 9).Concat(log.Read("b", 1, 9, 9)).Select(record => record.Position));
        }

        using var again = host.Open();
        Assert.Equal(["1=a#1", "2=a#2", "4=a#4"], again.ReadAll("a"));
        Assert.Equal(["7=b#7"], again.ReadAll("b"));
        Assert.Equal(["a", "b"], again.Ids.Order());
        Assert.Equal(4, await again.GetHighestSequenceNumberAsync("a"));
        Assert.True(again.Recovery.WasClean);
        Assert.Equal(4, again.Recovery.Records);
    }

    [Theory(DisplayName = "FileLog should take bounds as inclusive and stop at the maximum")]
    [MemberData(nameof(Places))]
    public async Task Bounds(bool onDisk)
    {
        using var host = LogHost.Create(onDisk);
        using var log = host.Open();
        for (var number = 1; number <= 5; number++) await log.Append("a", number * 2);

        Assert.Equal([4, 6], log.Read("a", 4, 6, long.MaxValue).Select(record => record.SequenceNumber));
        Assert.Equal([4, 6], log.Read("a", 3, 7, long.MaxValue).Select(record => record.SequenceNumber));
        Assert.Equal([2, 4], log.Read("a", 0, long.MaxValue, 2).Select(record => record.SequenceNumber));
        Assert.Empty(log.Read("a", 1, long.MaxValue, 0));
        Assert.Empty(log.Read("a", 11, 9, 9));
        Assert.Empty(log.Read("unknown", 1, 9, 9));
    }

    [Theory(DisplayName = "FileLog should delete up to a number and keep the highest for ever")]
    [MemberData(nameof(Places))]
    public async Task Deletes(bool onDisk)
    {
        using var host = LogHost.Create(onDisk);
        using (var log = host.Open())
        {
            for (var number = 1; number <= 3; number++) await log.Append("a", number);
            await log.DeleteAsync("a", 2);
            Assert.Equal([3], log.Numbers("a"));
            await log.DeleteAsync("a", long.MaxValue);
            Assert.Empty(log.Numbers("a"));
            Assert.Equal(3, await log.GetHighestSequenceNumberAsync("a"));
        }

        using var again = host.Open();
        Assert.Empty(again.Numbers("a"));
        Assert.Equal(3, await again.GetHighestSequenceNumberAsync("a"));
        await Assert.ThrowsAsync<DuplicateSequenceNumberException>(() => again.Append("a", 3));
        await again.Append("a", 4);
        Assert.Equal([4], again.Numbers("a"));
    }

    [Theory(DisplayName = "FileLog should go on in a new segment when one is full")]
    [MemberData(nameof(Places))]
    public async Task Rotates(bool onDisk)
    {
        using var host = LogHost.Create(onDisk);
        using (var log = host.Open())
        {
            for (var number = 1; number <= 40; number++) await log.Append("a", number, new string('x', 300));
        }

        using var again = host.Open();
        Assert.True(again.Recovery.Segments > 2);
        Assert.Equal(Enumerable.Range(1, 40).Select(number => (long)number), again.Numbers("a"));
    }

    [Theory(DisplayName = "FileLog should write nothing for a deletion that changes nothing")]
    [MemberData(nameof(Places))]
    public async Task Idle_deletions(bool onDisk)
    {
        using var host = LogHost.Create(onDisk);
        using (var log = host.Open())
        {
            await log.DeleteAsync("unknown", 5);
            await log.Append("a", 1);
            await log.DeleteAsync("a", 1);
            await log.DeleteAsync("a", 1);
            await log.DeleteAsync("a", 0);
            Assert.Equal(["a"], log.Ids);
        }

        using var again = host.Open();
        Assert.Equal(2, again.Recovery.Records);
    }
}
