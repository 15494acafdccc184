namespace RetainActors.Storage;

/// <summary>What is known of one id.</summary>
internal sealed class KeyState
{
    private readonly List<RecordLocation> _records = [];

    /// <summary>The highest durable sequence number ever, deleted or not.</summary>
    internal long Highest { get; private set; }

    internal long DeletedTo { get; private set; }

    /// <summary>The highest one including appends still in flight.</summary>
    internal long Reserved { get; set; }

    internal int InFlight { get; set; }

    /// <summary>The last write in flight; earlier ones complete before it.</summary>
    internal Task? LastInFlight { get; set; }

    internal void Add(RecordLocation location)
    {
        _records.Add(location);
        Raise(location.SequenceNumber);
    }

    internal void Delete(long toSequenceNumber, long highest)
    {
        DeletedTo = Math.Max(DeletedTo, toSequenceNumber);
        _records.RemoveRange(0, FirstAtOrAfter(checked(DeletedTo + 1)));
        Raise(highest);
    }

    internal RecordLocation[] Find(long from, long to, long max)
    {
        var first = FirstAtOrAfter(from);
        var end = to == long.MaxValue ? _records.Count : FirstAtOrAfter(to + 1);
        return first < end && max > 0 ? _records.GetRange(first, (int)Math.Min(end - first, max)).ToArray() : [];
    }

    private void Raise(long highest)
    {
        Highest = Math.Max(Highest, highest);
        Reserved = Math.Max(Reserved, Highest);
    }

    private int FirstAtOrAfter(long sequenceNumber)
    {
        int low = 0, high = _records.Count;
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (_records[middle].SequenceNumber < sequenceNumber) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}

/// <summary>Every id with its durable records. Not thread-safe: opening fills it, then the commit queue guards it.</summary>
internal sealed class KeyIndex
{
    private readonly Dictionary<string, KeyState> _states = new(StringComparer.Ordinal);

    internal string[] Ids => _states.Where(pair => pair.Value.Highest > 0).Select(pair => pair.Key).ToArray();

    internal KeyState? Find(string id) => _states.GetValueOrDefault(id);

    internal KeyState GetOrAdd(string id)
    {
        if (!_states.TryGetValue(id, out var state)) _states.Add(id, state = new KeyState());
        return state;
    }

    /// <summary>Forgets an id of which nothing became durable.</summary>
    internal void RemoveIfUnused(string id)
    {
        if (Find(id) is { Highest: 0, InFlight: 0 }) _states.Remove(id);
    }

    internal void Apply(in RecordDraft record, RecordLocation location)
    {
        var state = GetOrAdd(record.Id);
        if (record.Kind == RecordKind.Event) state.Add(location);
        else state.Delete(record.SequenceNumber, highest: 0);
    }

    /// <summary>Takes in a scanned record; false when its sequence number contradicts an earlier record.</summary>
    internal bool TryLoad(in ScannedRecord record)
    {
        var state = GetOrAdd(record.Id);
        if (record.Kind == RecordKind.Event)
        {
            if (record.Location.SequenceNumber <= state.Highest) return false;
            state.Add(record.Location);
            return true;
        }

        if (record.Location.SequenceNumber > record.HighestSequenceNumber || record.HighestSequenceNumber < state.Highest) return false;
        state.Delete(record.Location.SequenceNumber, record.HighestSequenceNumber);
        return true;
    }

    /// <summary>The text of an id, the known instance of it where there is one.</summary>
    internal string TextOf(ReadOnlySpan<byte> utf8)
    {
        Span<char> text = utf8.Length <= 512 ? stackalloc char[512] : new char[utf8.Length];
        text = text[..SegmentFormat.StrictUtf8.GetChars(utf8, text)];
        return _states.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text, out var known, out _) ? known : text.ToString();
    }
}
