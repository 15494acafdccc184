using RetainActors.Storage;

namespace RetainActors.Persistence.Query;

/// <summary>How much one page of a query holds in memory: few records, and fewer large ones.</summary>
internal sealed class PageLimit
{
    /// <summary>Most records of a page.</summary>
    public const int Records = 100;

    private const long Bytes = 1024 * 1024;

    private int _records;
    private long _bytes;

    public bool IsReached => _records >= Records || _bytes >= Bytes;

    /// <summary>Counts a record and says whether it is the last one.</summary>
    public bool IsReachedBy(LogRecord record)
    {
        _records++;
        _bytes += record.Payload.Length;
        return IsReached;
    }
}
