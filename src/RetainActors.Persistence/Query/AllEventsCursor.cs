using RetainActors.Storage;
using QueryEnvelope = Akka.Persistence.Query.EventEnvelope;

namespace RetainActors.Persistence.Query;

/// <summary>
/// The events of all ids in the order in which they were written: the records of every id ascend by position, so they are merged.
/// <para>
/// The upper bound is one position. It is found by looking at the last record of every id; only after that the ids are asked
/// again for what lies up to it. A record becomes readable after all earlier ones, so nothing up to the bound is missed, and
/// going on from the last offset later leaves no event out.
/// </para>
/// </summary>
internal sealed class AllEventsCursor : IQueryCursor<QueryEnvelope>
{
    private readonly JournalReader _reader;
    private readonly long _upTo;
    private readonly PriorityQueue<Next, long> _next;

    private AllEventsCursor(JournalReader reader, long upTo, PriorityQueue<Next, long> next)
    {
        _reader = reader;
        _upTo = upTo;
        _next = next;
    }

    /// <summary>The next record of an id.</summary>
    private readonly record struct Next(string Id, long SequenceNumber);

    /// <param name="reader">The journal.</param>
    /// <param name="after">The position after which to begin; 0 for the first one.</param>
    public static async Task<IQueryCursor<QueryEnvelope>> OpenAsync(JournalReader reader, long after)
    {
        var upTo = 0L;
        foreach (var id in await reader.ReadAsync(log => log.Ids).ConfigureAwait(false))
        {
            var highest = await reader.HighestAsync(id).ConfigureAwait(false);
            var last = await reader.ReadAsync(log => First(log, id, highest)).ConfigureAwait(false);
            upTo = Math.Max(upTo, last?.Position ?? 0);
        }

        var next = await reader.ReadAsync(log =>
        {
            var first = new PriorityQueue<Next, long>();
            foreach (var id in log.Ids)
                if (FirstAfter(log, id, after) is { } record && record.Position <= upTo)
                    first.Enqueue(new Next(id, record.SequenceNumber), record.Position);
            return first;
        }).ConfigureAwait(false);
        return new AllEventsCursor(reader, upTo, next);
    }

    public Task<QueryPage<QueryEnvelope>> ReadAsync() => _reader.ReadAsync(log =>
    {
        var envelopes = new List<QueryEnvelope>();
        var limit = new PageLimit();
        while (_next.TryDequeue(out var next, out _))
        {
            foreach (var record in log.Read(next.Id, next.SequenceNumber, long.MaxValue, 2))
            {
                if (record.SequenceNumber == next.SequenceNumber)
                {
                    envelopes.AddRange(_reader.ToEnvelopes(record));
                    limit.IsReachedBy(record);
                    continue;
                }
                // Also when the expected one was deleted meanwhile.
                if (record.Position <= _upTo) _next.Enqueue(new Next(record.Id, record.SequenceNumber), record.Position);
                break;
            }
            if (limit.IsReached) return new QueryPage<QueryEnvelope>(envelopes, QueryProgress.More);
        }
        return new QueryPage<QueryEnvelope>(envelopes, QueryProgress.Finished);
    });

    public void Dispose()
    {
        // Holds nothing open.
    }

    private static LogRecord? First(FileLog log, string id, long from) =>
        log.Read(id, from, long.MaxValue, 1).FirstOrDefault();

    /// <summary>The first record of an id behind a position, found by halving: positions ascend with the numbers.</summary>
    private static LogRecord? FirstAfter(FileLog log, string id, long after)
    {
        var found = First(log, id, 1);
        if (found is null || found.Position > after) return found;
        var below = found.SequenceNumber;
        found = null;
        for (var step = 1L; ; step *= 2)
        {
            // Doubling steps first: most resumptions begin near the end or the beginning, and there is no highest number here.
            var probe = First(log, id, below + step);
            if (probe is null || probe.Position > after) return Between(log, id, below, below + step, after);
            below = probe.SequenceNumber;
        }
    }

    /// <summary>The same where <paramref name="low"/> lies before the position and nothing from <paramref name="high"/> on does.</summary>
    private static LogRecord? Between(FileLog log, string id, long low, long high, long after)
    {
        while (high - low > 1)
        {
            var middle = low + ((high - low) / 2);
            var probe = First(log, id, middle);
            if (probe is null || probe.Position > after) high = middle;
            else low = probe.SequenceNumber;
        }
        return First(log, id, high);
    }
}
