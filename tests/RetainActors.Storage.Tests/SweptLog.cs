using System.Buffers.Binary;
using System.Text;

namespace RetainActors.Storage.Tests;

/// <summary>How the log ended whose files are damaged.</summary>
public enum LogEnd
{
    /// <summary>Closed in good order.</summary>
    Clean,

    /// <summary>Cut off after an acknowledged append.</summary>
    Crashed,

    /// <summary>Cut off after a while without appends, when a watermark proves the last one.</summary>
    Idle,

    /// <summary>Cut off after a segment was sealed and before anything came into its successor.</summary>
    Rolled,

    /// <summary>Closed in good order after sealed segments were compacted.</summary>
    Compacted,

    /// <summary>Cut off while it wrote into the file of a segment that compaction had emptied.</summary>
    Recycled,
}

/// <summary>A log of three segments, what it should hold after each of its operations, and what any damage to it may lead to.</summary>
internal sealed class SweptLog
{
    private const int CutBatches = 5;

    private readonly List<string[]> _states = [];
    private readonly Dictionary<string, Layout> _layouts;
    private readonly string _last;

    private SweptLog(LogImage image, List<string[]> states)
    {
        Image = image;
        _states = states;
        _layouts = image.Segments.ToDictionary(name => name, name => new Layout(image.Files[name]));
        _last = image.Segments.Last();
    }

    internal LogImage Image { get; }

    private bool IsClean => Image.Files.ContainsKey(CleanMark.FileName);

    internal static async Task<SweptLog> CreateAsync(LogEnd end)
    {
        using var host = LogHost.Create(onDisk: false);
        host.Settings = Quiet(host.Settings) with { IdleMilliseconds = end == LogEnd.Idle ? 20 : Timeout.Infinite };
        var model = new Model();
        List<string[]> states = [model.Lines()];
        LogImage crashed;
        using (var log = host.Open())
        {
            for (var i = 1; !IsLongEnough(LogImage.Of(host.FileSystem)); i++)
            {
                await StepAsync(log, model, i);
                states.Add(model.Lines());
            }

            if (end == LogEnd.Compacted) Assert.True((await log.CompactAsync(1)).RewrittenSegments > 0);
            if (end == LogEnd.Recycled) await RecycleAsync(log, host, model, states);
            while (end == LogEnd.Idle && !EndsInWatermark(LogImage.Of(host.FileSystem))) await Task.Delay(5);
            crashed = LogImage.Of(host.FileSystem).With(OwnerFile.FileName, null);
        }

        if (end is LogEnd.Clean or LogEnd.Compacted) return new SweptLog(LogImage.Of(host.FileSystem).With(OwnerFile.FileName, null), states);
        var result = new SweptLog(crashed, states);
        if (end == LogEnd.Recycled) return result;

        // Nothing but operations makes records, so batches and states go together.
        Assert.Equal(states.Count - 1, result._layouts.Values.Sum(layout => layout.Batches.Count(batch => batch.Kind == BatchKind.Records)));
        if (end != LogEnd.Rolled) return result;

        var inLast = result._layouts[result._last].Batches.Count(batch => batch.Kind == BatchKind.Records);
        var rolled = crashed.With(result._last, crashed.Files[result._last][..SegmentFormat.HeaderSize]);
        return new SweptLog(rolled, states[..^inLast]);
    }

    /// <summary>Every bit flipped, or one of so many.</summary>
    internal IEnumerable<Damage> Flips(int stride)
    {
        foreach (var (name, bytes) in Image.Files)
        {
            for (var bit = 0; bit < bytes.Length * 8; bit += stride)
            {
                var copy = (byte[])bytes.Clone();
                copy[bit / 8] ^= (byte)(1 << (bit % 8));
                yield return new Damage($"{name}: bit {bit % 8} at {bit / 8}", Image.With(name, copy), name, bit / 8, (bit / 8) + 1);
            }
        }
    }

    /// <summary>Every file cut at every offset.</summary>
    internal IEnumerable<Damage> Cuts(int stride)
    {
        foreach (var (name, bytes) in Image.Files)
            for (var at = 0; at < bytes.Length; at += stride)
                yield return new Damage($"{name}: cut at {at}", Image.With(name, bytes[..at]), name, at, bytes.Length);
    }

    /// <summary>Zeros from every offset, over so many bytes or up to the end; those that change nothing are left out.</summary>
    internal IEnumerable<Damage> Zeros(int stride, int count)
    {
        foreach (var (name, bytes) in Image.Files)
        {
            for (var at = 0; at < bytes.Length; at += stride)
            {
                var end = (int)Math.Min(bytes.Length, (long)at + count);
                var first = bytes.AsSpan(at, end - at).IndexOfAnyExcept((byte)0);
                if (first < 0) continue;
                var copy = (byte[])bytes.Clone();
                copy.AsSpan(at, end - at).Clear();
                var last = at + bytes.AsSpan(at, end - at).LastIndexOfAnyExcept((byte)0);
                yield return new Damage($"{name}: zeros from {at} to {end}", Image.With(name, copy), name, at + first, last + 1);
            }
        }
    }

    /// <summary>Every segment deleted, copied or moved to another number or generation, and swapped with every other one.</summary>
    internal IEnumerable<Damage> Misplacements()
    {
        foreach (var name in Image.Segments)
        {
            var bytes = Image.Files[name];
            yield return new Damage($"{name}: deleted", Image.With(name, null), name, 0, bytes.Length);
            for (var number = 0; number <= 6; number++)
            {
                for (uint generation = 0; generation <= 3; generation++)
                {
                    var other = Path.GetFileName(Segment.PathOf("", number, generation));
                    if (other == name) continue;
                    var doubled = Image.With(other, bytes);
                    yield return new Damage($"{name}: copied to {other}", doubled, name, 0, bytes.Length);
                    yield return new Damage($"{name}: moved to {other}", doubled.With(name, null), name, 0, bytes.Length);
                }
            }

            foreach (var other in Image.Segments.Where(other => string.CompareOrdinal(other, name) > 0))
            {
                var swapped = Image.With(name, Image.Files[other]).With(other, bytes);
                yield return new Damage($"{name}: swapped with {other}", swapped, name, 0, bytes.Length);
            }
        }
    }

    /// <summary>What the log makes of the damage.</summary>
    internal static Outcome Open(LogImage image)
    {
        using var host = LogHost.InMemory(image.ToFileSystem());
        host.Settings = Quiet(host.Settings);
        try
        {
            using var log = host.Open();
            return Describe(log);
        }
        catch (StorageException failure)
        {
            return new Outcome([], [], failure);
        }
    }

    /// <summary>What a reader makes of it that takes the first bad checksum for the end.</summary>
    internal static Outcome ReadUpToTheFirstBadChecksum(LogImage image)
    {
        var model = new Model();
        foreach (var name in image.Segments)
        {
            var layout = new Layout(image.Files[name]);
            foreach (var record in layout.Records) model.Apply(record.Kind, record.Id, record.Number, record.Payload);
            if (!layout.IsWhole) break;
        }

        return new Outcome(model.Lines(), [], Failure: null);
    }

    /// <summary>Null when the outcome is one that decision 21 allows.</summary>
    internal string? Judge(Damage damage, Outcome outcome)
    {
        var isSealed = damage.File != _last && _layouts.ContainsKey(damage.File);
        var hit = _layouts.TryGetValue(damage.File, out var layout)
            ? layout.Records.Where(record => record.Start < damage.To && record.End > damage.From).ToArray()
            : [];
        // Rot within one record of a sealed segment is that record's alone.
        var isContained = isSealed && hit is [var only] && only.Start <= damage.From && only.End >= damage.To;
        if (outcome.Failure is not null)
        {
            if (outcome.Failure is not (SegmentCorruptException or SegmentMissingException or FormatTooNewException))
                return $"{damage.What}: {outcome.Failure.GetType().Name} is no name for it";
            return isContained ? $"{damage.What}: refused to open for the damage of one record" : null;
        }

        var expected = _states[^1];
        if (outcome.Damaged.Length > 0)
        {
            var allowed = hit.Select(record => $"{record.Id}:{record.Number}").ToHashSet(StringComparer.Ordinal);
            var rest = expected.Where(line => !outcome.Damaged.Contains(line.Split('=')[0], StringComparer.Ordinal));
            return isSealed && allowed.IsSupersetOf(outcome.Damaged) && outcome.Lines.SequenceEqual(rest, StringComparer.Ordinal)
                ? null
                : $"{damage.What}: cannot read {string.Join(' ', outcome.Damaged)}";
        }

        if (outcome.Lines.SequenceEqual(expected, StringComparer.Ordinal)) return null;
        if (!isSealed && !IsClean && layout is not null && damage.From >= SegmentFormat.HeaderSize
            && !layout.Batches.Exists(batch => batch.Start >= damage.To)
            && outcome.Lines.SequenceEqual(StateBefore(layout, damage.From), StringComparer.Ordinal))
            return null;
        return $"{damage.What}: silently {outcome.Lines.Length} lines instead of {expected.Length}";
    }

    private string[] StateBefore(Layout layout, int offset)
    {
        var batches = layout.Batches.Where(batch => batch.Kind == BatchKind.Records).ToArray();
        return _states[_states.Count - 1 - batches.Count(batch => batch.End > offset)];
    }

    /// <summary>Nothing happens by itself while an image is looked at.</summary>
    private static FileLogSettings Quiet(FileLogSettings settings) =>
        settings with { IdleMilliseconds = Timeout.Infinite, CompactionLiveShare = 0 };

    /// <summary>Compacts, and goes on until the last segment is in a file that was another one's, with its bytes behind the end.</summary>
    private static async Task RecycleAsync(FileLog log, LogHost host, Model model, List<string[]> states)
    {
        Assert.True((await log.CompactAsync(1)).RewrittenSegments > 1);
        Assert.True(log.GetStatistics().SpareBytes > 0);
        var before = LogImage.Of(host.FileSystem).Segments.Last();
        for (var i = 100; !IsRecycled(); i++)
        {
            await StepAsync(log, model, i);
            states.Add(model.Lines());
        }

        bool IsRecycled()
        {
            var image = LogImage.Of(host.FileSystem);
            var layout = new Layout(image.Files[image.Segments.Last()]);
            return image.Segments.Last() != before && layout.Batches.Count >= CutBatches - 2 && !layout.IsWhole;
        }
    }

    private static bool IsLongEnough(LogImage image) => image.Segments.Count() == 3
        && new Layout(image.Files[image.Segments.Last()]).Batches.Count(batch => batch.Kind == BatchKind.Records) >= CutBatches;

    private static bool EndsInWatermark(LogImage image) =>
        new Layout(image.Files[image.Segments.Last()]).Batches is [.., { Kind: BatchKind.Watermark }];

    private static async Task StepAsync(FileLog log, Model model, int i)
    {
        if (i % 7 == 6)
        {
            var to = model.HighestOf("a");
            await log.DeleteAsync("a", to);
            model.Delete("a", to, to);
            return;
        }

        string[] ids = i % 5 == 3 ? ["b", "c", "b"] : [i % 4 == 0 ? "a" : ((char)('a' + (i % 4))).ToString()];
        var unit = new List<LogEntry>();
        foreach (var id in ids)
        {
            var entry = LogHost.Entry(id, model.HighestOf(id) + 1, new string((char)('A' + (i % 26)), i * 37 % 300));
            unit.Add(entry);
            model.Apply(RecordKind.Event, id, entry.SequenceNumber, entry.Payload.ToArray());
        }

        await log.AppendAsync(unit);
    }

    private static Outcome Describe(FileLog log)
    {
        var (lines, damaged) = (new List<string>(), new List<string>());
        foreach (var id in log.Ids.Order(StringComparer.Ordinal))
        {
            var highest = log.GetHighestSequenceNumberAsync(id).GetAwaiter().GetResult();
            lines.Add($"{id} {highest}");
            for (var number = 1L; number <= highest; number++)
            {
                try
                {
                    foreach (var record in log.Read(id, number, number, 1))
                        lines.Add($"{id}:{record.SequenceNumber}={Convert.ToHexString(record.Payload.Span)}");
                }
                catch (SegmentCorruptException)
                {
                    damaged.Add($"{id}:{number}");
                }
            }
        }

        return new Outcome([.. lines], [.. damaged], Failure: null);
    }

    /// <summary>An image in which bytes from one offset to another of a file are not what they were, or the file not where it was.</summary>
    internal sealed record Damage(string What, LogImage Image, string File, int From, int To);

    /// <summary>What can be read, what is reported as damaged when it is read, or why nothing can be.</summary>
    internal sealed record Outcome(string[] Lines, string[] Damaged, StorageException? Failure);

    private sealed record Batch(BatchKind Kind, int Start, int End);

    private sealed record Record(RecordKind Kind, string Id, long Number, byte[] Payload, int Start, int End);

    /// <summary>The batches and records of a segment up to the first bad checksum.</summary>
    private sealed class Layout
    {
        internal Layout(byte[] file)
        {
            if (SegmentHeader.Read(file, out var header) != Decoded.Ok) return;
            var at = SegmentFormat.HeaderSize;
            while (BatchHeader.Read(file.AsSpan(at), header!.Checksum, out var batch) == Decoded.Ok)
            {
                var end = at + SegmentFormat.BatchHeaderSize + batch.PayloadLength;
                if (end > file.Length || !TryRead(file, at + SegmentFormat.BatchHeaderSize, batch, header.Checksum)) return;
                Batches.Add(new Batch(batch.Kind, at, end));
                at = end;
            }

            IsWhole = at == file.Length;
        }

        internal List<Batch> Batches { get; } = [];

        internal List<Record> Records { get; } = [];

        internal bool IsWhole { get; }

        private bool TryRead(byte[] file, int at, BatchHeader batch, Checksum checksum)
        {
            var records = new List<Record>();
            for (var count = batch.Kind == BatchKind.Records ? batch.RecordCount : 0; count > 0; count--)
            {
                if (RecordDecoder.Read(file.AsSpan(at), checksum, out var record) != Decoded.Ok) return false;
                records.Add(new Record(
                    record.Kind, Encoding.UTF8.GetString(record.Id), record.SequenceNumber, record.Payload.ToArray(), at, at + record.Size));
                at += record.Size;
            }

            Records.AddRange(records);
            return true;
        }
    }

    /// <summary>What a log should hold.</summary>
    private sealed class Model
    {
        private readonly SortedDictionary<string, (long Highest, SortedDictionary<long, byte[]> Records)> _keys = new(StringComparer.Ordinal);

        internal long HighestOf(string id) => _keys.TryGetValue(id, out var key) ? key.Highest : 0;

        internal void Apply(RecordKind kind, string id, long number, byte[] payload)
        {
            if (kind == RecordKind.Deletion)
            {
                Delete(id, number, BinaryPrimitives.ReadInt64LittleEndian(payload));
                return;
            }

            var records = _keys.TryGetValue(id, out var key) ? key.Records : [];
            records[number] = payload;
            _keys[id] = (number, records);
        }

        internal void Delete(string id, long to, long highest)
        {
            var records = _keys.TryGetValue(id, out var key) ? key.Records : [];
            foreach (var number in records.Keys.Where(number => number <= to).ToArray()) records.Remove(number);
            _keys[id] = (highest, records);
        }

        internal string[] Lines() => _keys
            .SelectMany(pair => pair.Value.Records
                .Select(record => $"{pair.Key}:{record.Key}={Convert.ToHexString(record.Value)}").Prepend($"{pair.Key} {pair.Value.Highest}"))
            .ToArray();
    }
}
