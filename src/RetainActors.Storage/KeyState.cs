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
        _records.RemoveRange(0, CountUpTo(DeletedTo));
        Raise(highest);
    }

    internal RecordLocation[] Find(long from, long to, long max)
    {
        var first = from <= 1 ? 0 : CountUpTo(from - 1);
        var end = CountUpTo(to);
        return first < end && max > 0 ? _records.GetRange(first, (int)Math.Min(end - first, max)).ToArray() : [];
    }

    private void Raise(long highest)
    {
        Highest = Math.Max(Highest, highest);
        Reserved = Math.Max(Reserved, Highest);
    }

    private int CountUpTo(long sequenceNumber)
    {
        int low = 0, high = _records.Count;
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (_records[middle].SequenceNumber <= sequenceNumber) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
