namespace RetainActors.Persistence.Query;

/// <summary>What a query has read so far and how it goes on. One read at a time, on any thread.</summary>
internal interface IQueryCursor<T> : IDisposable
{
    /// <summary>The next page; it may be empty.</summary>
    Task<QueryPage<T>> ReadAsync();
}
