using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace RetainActors.Storage.Tests;

/// <summary>Measured alone: what runs beside it would count as well.</summary>
[CollectionDefinition("measured alone", DisableParallelization = true)]
public class MeasuredAlone;

[Collection("measured alone")]
public class KeyIndexSpecs(ITestOutputHelper output)
{
    private const int Million = 1_000_000;

    [Fact(DisplayName = "KeyIndex should answer like a dictionary of sorted lists, whatever was appended and deleted")]
    public void Model()
    {
        var random = new Random(7);
        using var host = LogHost.Create(onDisk: false);
        using var segment = CreateSegment(host);
        var index = new KeyIndex();
        index.Segments.Add(segment);
        var model = new Dictionary<string, (long Highest, long DeletedTo, SortedDictionary<long, long> Records)>(StringComparer.Ordinal);
        for (long step = 1; step <= 20_000; step++)
        {
            var id = string.Create(CultureInfo.InvariantCulture, $"ü{random.Next(600)}");
            var (highest, deletedTo, records) = model.GetValueOrDefault(id, (0, 0, []));
            var offset = step * SegmentFormat.Alignment;
            if (random.Next(4) > 0 || highest == deletedTo)
            {
                highest += random.Next(1, 3);
                Apply(RecordKind.Event, highest);
                records.Add(highest, offset);
            }
            else
            {
                deletedTo = random.NextInt64(deletedTo, highest) + 1;
                Apply(RecordKind.Deletion, deletedTo);
                foreach (var gone in records.Keys.Where(number => number <= deletedTo).ToArray()) records.Remove(gone);
            }

            model[id] = (highest, deletedTo, records);
            Assert.Equal((highest, deletedTo), (index.HighestOf(id), index.DeletedToOf(id)));
            var (from, to) = (random.NextInt64(-1, highest + 2), random.NextInt64(-1, highest + 2));
            var max = random.Next(5);
            Assert.Equal(
                records.Where(pair => pair.Key >= from && pair.Key <= to).Take(max).Select(pair => (pair.Key, pair.Value)),
                index.FindRecords(id, from, to, max).Select(found => (found.SequenceNumber, found.Offset)));

            void Apply(RecordKind kind, long number) => index.Apply(
                new RecordDraft(kind, id, number, new byte[8]), new RecordLocation(number, segment, offset, SegmentFormat.RecordHeaderSize));
        }

        Assert.Equal(model.Keys.Order(StringComparer.Ordinal), Ids(index).Order(StringComparer.Ordinal));
        Assert.Empty(index.FindRecords("unknown", 1, long.MaxValue, long.MaxValue));
        var lives = model.Values.Sum(state => state.Records.Count + (state.DeletedTo > 0 ? 1 : 0));
        Assert.Equal(lives * (long)SegmentFormat.RecordHeaderSize, segment.LiveBytes);
        Assert.Equal(20_000L * SegmentFormat.RecordHeaderSize, segment.RecordBytes);
    }

    [Fact(DisplayName = "A million idle keys should cost at most 64 bytes each beyond their ids")]
    public void Memory()
    {
        using var host = LogHost.Create(onDisk: false);
        using var segment = CreateSegment(host);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var index = new KeyIndex();
        index.Segments.Add(segment);
        var idBytes = 0L;
        for (var i = 0; i < Million; i++)
        {
            var id = IdOf(i);
            idBytes += id.Length;
            index.Apply(new RecordDraft(RecordKind.Event, id, 1, default), new RecordLocation(1, segment, 80 + (i * 8L), 40));
        }

        var perKey = (GC.GetTotalMemory(forceFullCollection: true) - before - idBytes) / (double)Million;
        output.WriteLine($"{perKey:F1} bytes per key beyond its id");
        Assert.True(perKey <= 64, $"{perKey:F1} bytes per key");
        Assert.Equal(1, index.HighestOf(IdOf(123_456)));
    }

    /// <summary>RETAIN_STORAGE_KEYS=1000000 measures the target itself.</summary>
    [Fact(DisplayName = "A log of many keys should open within the target for a million")]
    public async Task Opening()
    {
        var keys = int.TryParse(Environment.GetEnvironmentVariable("RETAIN_STORAGE_KEYS"), out var wanted) ? wanted : 20_000;
        using var host = LogHost.Create(onDisk: true);
        host.Settings = host.Settings with { SegmentSizeBytes = 64 << 20, MaxQueuedBytes = 1 << 30 };
        var payload = new byte[200];
        using (var log = host.Open())
        {
            for (var start = 0; start < keys; start += 10_000)
                await Task.WhenAll(Enumerable.Range(start, 10_000).Select(i => log.AppendAsync([new LogEntry(IdOf(i), 1, payload)])));
        }

        GC.Collect();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var watch = Stopwatch.StartNew();
        using var again = host.Open();
        Assert.Single(again.Read(IdOf(keys / 2), 1, 1, 1));
        var elapsed = watch.Elapsed;
        var memory = GC.GetTotalMemory(forceFullCollection: true) - before;
        output.WriteLine($"opened to the first read in {elapsed.TotalMilliseconds:F0} ms; {memory / (double)keys:F1} bytes per key with its id");
        Assert.Equal(keys, again.Recovery.Records);
        Assert.True(elapsed < TimeSpan.FromSeconds(2), $"{elapsed}");
    }

    private static string IdOf(int i) => string.Create(CultureInfo.InvariantCulture, $"ck~bank~source-{i:D7}");

    private static IEnumerable<string> Ids(KeyIndex index) => Enumerable.Range(0, index.Count).Select(index.IdAt);

    private static Segment CreateSegment(LogHost host)
    {
        host.FileSystem.CreateDirectory("/root");
        host.FileSystem.CreateDirectory(LogImage.Directory);
        return Segment.Create(host.FileSystem, LogImage.Directory, Segment.NewHeader(1, UInt128.Zero, firstPosition: 1));
    }
}
