using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace RetainActors.Storage;

/// <summary>
/// Every id with its durable records. An id with one record, the common case among millions, costs a 32-byte entry, its share of
/// the hash table and its own bytes; what has more gets a <see cref="KeyHistory"/>. An id never goes away, since its highest
/// number stays known for ever. Not thread-safe: opening fills it, then the commit queue guards it.
/// </summary>
internal sealed class KeyIndex
{
    private const int BlockSize = 1 << 12;
    private const int FirstSize = 1 << 6;
    private const int MaxStackId = 512;

    private readonly IdArena _ids = new();
    private readonly List<Entry[]> _entries = [];
    private readonly List<KeyHistory> _histories = [];
    private int[] _buckets = new int[64];

    /// <summary>How many ids there are.</summary>
    internal int Count { get; private set; }

    /// <summary>Which open segment a place means; it also counts what of it lives.</summary>
    internal SegmentTable Segments { get; } = new();

    internal string IdAt(int index) => SegmentFormat.StrictUtf8.GetString(_ids.At(At(index).Id));

    /// <summary>The highest durable sequence number ever, deleted or not; 0 for an unknown id.</summary>
    internal long HighestOf(string id) => Find(id) is var index and >= 0 ? At(index).Highest : 0;

    internal long DeletedToOf(string id) => Find(id) is var index and >= 0 ? HistoryOf(in At(index))?.DeletedTo ?? 0 : 0;

    internal RecordLocation[] FindRecords(string id, long from, long to, long max)
    {
        var index = Find(id);
        if (index < 0) return [];

        ref var entry = ref At(index);
        if (HistoryOf(in entry) is not { } history)
            return max > 0 && entry.Place.SegmentKey != 0 && entry.Highest >= from && entry.Highest <= to
                ? [Locate(entry.Highest, entry.Place)]
                : [];

        var found = history.Find(from, to, max);
        var locations = new RecordLocation[found.Length];
        for (var i = 0; i < locations.Length; i++) locations[i] = Locate(found[i].SequenceNumber, found[i].Place);
        return locations;
    }

    /// <summary>Whether the id has an undeleted event of the number, wherever it lies.</summary>
    internal bool HasEvent(ReadOnlySpan<byte> id, long sequenceNumber)
    {
        var index = _buckets[BucketOf(id, HashOf(id))] - 1;
        if (index < 0) return false;

        ref var entry = ref At(index);
        return HistoryOf(in entry) is { } history
            ? !Unsafe.IsNullRef(ref history.TryGet(sequenceNumber))
            : entry.Place.SegmentKey != 0 && entry.Highest == sequenceNumber;
    }

    /// <summary>Takes in a record that became durable; its number is above the highest, or it is a deletion.</summary>
    internal void Apply(in RecordDraft record, RecordLocation location)
    {
        var size = SegmentFormat.StrictUtf8.GetByteCount(record.Id);
        Span<byte> id = size <= MaxStackId ? stackalloc byte[MaxStackId] : new byte[size];
        id = id[..SegmentFormat.StrictUtf8.GetBytes(record.Id, id)];
        var place = RecordPlace.Of(location.Segment, location.Offset, location.Size);
        ref var entry = ref GetOrAdd(id);
        if (record.Kind == RecordKind.Event) Add(ref entry, record.SequenceNumber, place);
        else Delete(ref entry, record.SequenceNumber, entry.Highest, place);
    }

    /// <summary>Takes in a record of a segment; false when its sequence number contradicts an earlier record.</summary>
    internal bool TryLoad(Segment segment, in IndexEntry loaded)
    {
        var place = RecordPlace.Of(segment, loaded.Offset, loaded.Size);
        ref var entry = ref GetOrAdd(loaded.Id);
        if (loaded.Kind == RecordKind.Event)
        {
            if (loaded.SequenceNumber <= entry.Highest) return false;
            Add(ref entry, loaded.SequenceNumber, place);
            return true;
        }

        if (loaded.SequenceNumber < 1 || loaded.SequenceNumber > loaded.Highest || loaded.Highest < entry.Highest) return false;
        Delete(ref entry, loaded.SequenceNumber, loaded.Highest, place);
        return true;
    }

    /// <summary>Whether the record at the place is live: an event not deleted, or the last deletion of its id.</summary>
    internal bool IsLive(ReadOnlySpan<byte> id, RecordKind kind, long sequenceNumber, RecordPlace place) =>
        Move(id, kind, sequenceNumber, place, place);

    /// <summary>Notes that a record lies elsewhere now; false when it is not live any more.</summary>
    internal bool Move(ReadOnlySpan<byte> id, RecordKind kind, long sequenceNumber, RecordPlace from, RecordPlace to)
    {
        var index = _buckets[BucketOf(id, HashOf(id))] - 1;
        if (index < 0) return false;

        ref var entry = ref At(index);
        var history = HistoryOf(in entry);
        if (kind == RecordKind.Deletion)
        {
            if (history is null || history.Deletion != from) return false;
            history.Deletion = to;
        }
        else if (history is null)
        {
            if (entry.Place != from) return false;
            entry.Place = to;
        }
        else
        {
            ref var record = ref history.TryGet(sequenceNumber);
            if (Unsafe.IsNullRef(ref record) || record.Place != from) return false;
            record = new NumberedPlace(sequenceNumber, to);
        }

        Segments.Leave(from);
        Segments[to.SegmentKey].LiveBytes += to.Size;
        return true;
    }

    private void Add(ref Entry entry, long sequenceNumber, RecordPlace place)
    {
        Segments.Enter(place);
        var isFirst = entry.Highest == 0;
        if (isFirst && entry.History == 0) entry.Place = place;
        else EnsureHistory(ref entry).Add(new NumberedPlace(sequenceNumber, place));
        entry.Highest = sequenceNumber;
    }

    private void Delete(ref Entry entry, long toSequenceNumber, long highest, RecordPlace place)
    {
        Segments.Enter(place);
        var history = EnsureHistory(ref entry);
        foreach (var gone in history.Delete(toSequenceNumber)) Segments.Leave(gone.Place);
        Segments.Leave(history.Deletion);
        history.Deletion = place;
        entry.Highest = Math.Max(entry.Highest, highest);
    }

    private RecordLocation Locate(long sequenceNumber, RecordPlace place) =>
        new(sequenceNumber, Segments[place.SegmentKey], place.Offset, place.Size);

    private KeyHistory? HistoryOf(in Entry entry) => entry.History == 0 ? null : _histories[entry.History - 1];

    private KeyHistory EnsureHistory(ref Entry entry)
    {
        if (entry.History != 0) return _histories[entry.History - 1];

        var history = new KeyHistory();
        if (entry.Place.SegmentKey != 0) history.Add(new NumberedPlace(entry.Highest, entry.Place));
        entry.Place = default;
        _histories.Add(history);
        entry.History = _histories.Count;
        return history;
    }

    private ref Entry At(int index) => ref _entries[index / BlockSize][index % BlockSize];

    private int Find(string id)
    {
        var size = SegmentFormat.StrictUtf8.GetByteCount(id);
        Span<byte> bytes = size <= MaxStackId ? stackalloc byte[MaxStackId] : new byte[size];
        bytes = bytes[..SegmentFormat.StrictUtf8.GetBytes(id, bytes)];
        return _buckets[BucketOf(bytes, HashOf(bytes))] - 1;
    }

    private ref Entry GetOrAdd(ReadOnlySpan<byte> id)
    {
        var hash = HashOf(id);
        var bucket = BucketOf(id, hash);
        if (_buckets[bucket] != 0) return ref At(_buckets[bucket] - 1);

        // At most three quarters full.
        if (Count >= _buckets.Length / 4 * 3)
        {
            Grow();
            bucket = BucketOf(id, hash);
        }

        AddRoom();
        _buckets[bucket] = ++Count;
        ref var entry = ref At(Count - 1);
        entry = new Entry { Hash = hash, Id = _ids.Add(id) };
        return ref entry;
    }

    /// <summary>The first block grows, so that a small log stays small.</summary>
    private void AddRoom()
    {
        if (Count % BlockSize == 0)
        {
            _entries.Add(new Entry[Count == 0 ? FirstSize : BlockSize]);
        }
        else if (Count == _entries[0].Length)
        {
            var first = _entries[0];
            Array.Resize(ref first, Count * 2);
            _entries[0] = first;
        }
    }

    /// <summary>The bucket of the id, or the empty one where it would go.</summary>
    private int BucketOf(ReadOnlySpan<byte> id, int hash)
    {
        var mask = _buckets.Length - 1;
        for (var bucket = hash & mask; ; bucket = (bucket + 1) & mask)
        {
            if (_buckets[bucket] == 0) return bucket;
            ref var entry = ref At(_buckets[bucket] - 1);
            if (entry.Hash == hash && _ids.At(entry.Id).SequenceEqual(id)) return bucket;
        }
    }

    private void Grow()
    {
        var grown = new int[_buckets.Length * 2];
        var mask = grown.Length - 1;
        for (var index = 0; index < Count; index++)
        {
            var bucket = At(index).Hash & mask;
            while (grown[bucket] != 0) bucket = (bucket + 1) & mask;
            grown[bucket] = index + 1;
        }

        _buckets = grown;
    }

    /// <summary>Seeded anew in every process, so that nobody can choose ids that collide.</summary>
    private static int HashOf(ReadOnlySpan<byte> id)
    {
        var hash = default(HashCode);
        hash.AddBytes(id);
        return hash.ToHashCode();
    }

    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private struct Entry
    {
        internal long Highest;
        internal int Hash;
        internal uint Id;

        /// <summary>The only record, whose number is the highest; nothing when there is a history.</summary>
        internal RecordPlace Place;

        /// <summary>1 + the index of the history; 0 when there is none.</summary>
        internal int History;
    }
}
