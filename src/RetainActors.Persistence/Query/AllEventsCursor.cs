using RetainActors.Storage;
using QueryEnvelope = Akka.Persistence.Query.EventEnvelope;

namespace RetainActors.Persistence.Query;

/// <summary>
/// The events of all ids in the order in which they were written, up to the last one that was durable when the cursor was opened.
/// Going on from the last offset later leaves no event out.
/// </summary>
internal sealed class AllEventsCursor : IQueryCursor<QueryEnvelope>
{
    private readonly JournalReader _reader;
    private readonly long _upTo;
    private long _last;
    private FileLog? _log;
    private IEnumerator<LogRecord>? _records;

    private AllEventsCursor(JournalReader reader, long after, long upTo)
    {
        _reader = reader;
        _last = after;
        _upTo = upTo;
    }

    /// <param name="reader">The journal.</param>
    /// <param name="after">The position after which to begin; 0 for the first one.</param>
    public static async Task<IQueryCursor<QueryEnvelope>> OpenAsync(JournalReader reader, long after) =>
        new AllEventsCursor(reader, after, await reader.ReadAsync(log => log.LastPosition).ConfigureAwait(false));

    public Task<QueryPage<QueryEnvelope>> ReadAsync() => _reader.ReadAsync(log =>
    {
        var envelopes = new List<QueryEnvelope>();
        var limit = new PageLimit();
        var records = RecordsOf(log);
        while (records.MoveNext())
        {
            envelopes.AddRange(_reader.ToEnvelopes(records.Current));
            _last = records.Current.Position;
            limit.IsReachedBy(records.Current);
            if (limit.IsReached) return new QueryPage<QueryEnvelope>(envelopes, QueryProgress.More);
        }

        return new QueryPage<QueryEnvelope>(envelopes, QueryProgress.Finished);
    });

    public void Dispose() => _records?.Dispose();

    /// <summary>One enumeration is held over all pages, unless the log was opened anew in between.</summary>
    private IEnumerator<LogRecord> RecordsOf(FileLog log)
    {
        if (_records is not null && ReferenceEquals(log, _log)) return _records;
        _records?.Dispose();
        _log = log;
        return _records = log.ReadByPosition(_last, _upTo).GetEnumerator();
    }
}
