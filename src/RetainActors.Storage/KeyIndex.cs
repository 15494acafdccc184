namespace RetainActors.Storage;

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

    /// <summary>Takes in a record of a segment; false when its sequence number contradicts an earlier record.</summary>
    internal bool TryLoad(Segment segment, in IndexEntry entry)
    {
        var state = GetOrAdd(TextOf(entry.Id));
        if (entry.Kind == RecordKind.Event)
        {
            if (entry.SequenceNumber <= state.Highest) return false;
            state.Add(new RecordLocation(entry.SequenceNumber, segment, entry.Offset, entry.Size));
            return true;
        }

        if (entry.SequenceNumber < 1 || entry.SequenceNumber > entry.Highest || entry.Highest < state.Highest) return false;
        state.Delete(entry.SequenceNumber, entry.Highest);
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
