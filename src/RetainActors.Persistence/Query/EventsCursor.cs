using QueryEnvelope = Akka.Persistence.Query.EventEnvelope;

namespace RetainActors.Persistence.Query;

/// <summary>The events of one id in order of their numbers.</summary>
internal sealed class EventsCursor : IQueryCursor<QueryEnvelope>
{
    private readonly JournalReader _reader;
    private readonly string _id;
    private readonly long _to;
    private readonly IDisposable? _subscription;
    private long _next;

    private EventsCursor(JournalReader reader, string id, long from, long to, IDisposable? subscription)
    {
        _reader = reader;
        _id = id;
        _next = Math.Max(1, from);
        _to = to;
        _subscription = subscription;
    }

    /// <summary>The events there are now, those on their way to the disk included.</summary>
    public static async Task<IQueryCursor<QueryEnvelope>> OpenCurrentAsync(JournalReader reader, string id, long from, long to)
    {
        var highest = await reader.HighestAsync(id).ConfigureAwait(false);
        return new EventsCursor(reader, id, from, Math.Min(to, highest), subscription: null);
    }

    /// <summary>The events there are, then new ones up to the bound.</summary>
    public static IQueryCursor<QueryEnvelope> OpenLive(JournalReader reader, string id, long from, long to, Action changed) =>
        new EventsCursor(reader, id, from, to, reader.Feed.Subscribe(id, changed));

    public async Task<QueryPage<QueryEnvelope>> ReadAsync()
    {
        if (_next > _to) return new QueryPage<QueryEnvelope>([], QueryProgress.Finished);

        // Asked before the reading: an event up to the bound may be deleted, or its number never used.
        var isBounded = _subscription is null
            || (_to < long.MaxValue && await _reader.HighestAsync(_id).ConfigureAwait(false) >= _to);
        var limit = new PageLimit();
        var page = await _reader.ReadAsync(log =>
        {
            var envelopes = new List<QueryEnvelope>();
            foreach (var record in log.Read(_id, _next, _to, PageLimit.Records))
            {
                envelopes.AddRange(_reader.ToEnvelopes(record));
                _next = record.SequenceNumber + 1;
                if (limit.IsReachedBy(record)) break;
            }
            return envelopes;
        }).ConfigureAwait(false);

        if (_next <= _to && limit.IsReached) return new QueryPage<QueryEnvelope>(page, QueryProgress.More);
        return new QueryPage<QueryEnvelope>(page, isBounded || _next > _to ? QueryProgress.Finished : QueryProgress.Drained);
    }

    public void Dispose() => _subscription?.Dispose();
}
