using System.Collections.Immutable;
using Akka.Persistence;
using RetainActors.Storage;

namespace RetainActors.Persistence;

/// <summary>
/// One call of <c>WriteMessagesAsync</c> on its way to the log.
/// <para>
/// An atomic write must not be stored when an earlier one of its batch failed. The log cannot promise that for two units: a
/// disk that is full for the first may have room for the second. So neighbouring atomic writes share one all-or-nothing
/// unit as long as it surely stays below the largest size, which is nearly always the whole batch; a further unit is only
/// handed over when the one before it is durable.
/// </para>
/// </summary>
internal sealed class WriteBatch
{
    /// <summary>More than the log adds to one record, or to a unit.</summary>
    private const int OverheadBytes = 128;

    private readonly long _maxUnitSizeBytes;
    private readonly List<Unit> _units = [];
    private readonly List<Exception?> _rejections = [];

    private WriteBatch(long maxUnitSizeBytes) => _maxUnitSizeBytes = maxUnitSizeBytes;

    /// <summary>
    /// Enumerates once and at once: Akka's event adapters run meanwhile. An exception of theirs fails the batch; one of a
    /// serializer rejects its atomic write only.
    /// </summary>
    public static WriteBatch Encode(IEnumerable<AtomicWrite> writes, EventSerializer serializer, long maxUnitSizeBytes)
    {
        var batch = new WriteBatch(maxUnitSizeBytes);
        foreach (var write in writes)
        {
            try
            {
                batch.Add(serializer.ToEntries(write));
                batch._rejections.Add(null);
            }
            catch (Exception e)
            {
                batch._rejections.Add(e);
            }
        }
        return batch;
    }

    /// <summary>Whether nothing is left to store.</summary>
    public bool IsEmpty => _units.Count == 0;

    /// <summary>The id of the first event; all of a batch have one id in practice.</summary>
    public string PersistenceId => _units[0].Entries[0].Id;

    /// <summary>The bytes of the payloads.</summary>
    public long PayloadBytes => _units.Sum(unit => unit.Entries.Sum(entry => (long)entry.Head.Length + entry.Payload.Length));

    /// <summary>What Akka wants to know: null when all is stored, otherwise one element per atomic write.</summary>
    public IImmutableList<Exception?>? Result => _rejections.TrueForAll(e => e is null) ? null : [.. _rejections];

    /// <summary>
    /// An atomic write that is too large is rejected; every other failure is the failure of the batch. The task of a write that
    /// the log accepted completes on the commit thread, which so answers the actors itself: what continues there must not block.
    /// </summary>
    /// <param name="log">The log to append to.</param>
    /// <param name="appended">Called with an id after something of it became durable, also when the rest then fails.</param>
    public async Task<IImmutableList<Exception?>?> AppendToAsync(FileLog log, Action<string> appended)
    {
        foreach (var unit in _units)
        {
            try
            {
                await AppendAsync(log, unit.Entries).ConfigureAwait(false);
                unit.TellIds(appended);
            }
            catch (RecordTooLargeException e) when (unit.IsOneWrite)
            {
                _rejections[unit.FirstWrite] = e;
            }
        }
        return Result;
    }

    private static Task AppendAsync(FileLog log, IReadOnlyList<LogEntry> entries)
    {
        // Continuations run where it completes, not on the pool: that hop would be paid for every write.
        var completion = new TaskCompletionSource();
        log.Append(entries, failure =>
        {
            if (failure is null) completion.SetResult();
            else completion.SetException(failure);
        });
        return completion.Task;
    }

    private void Add(LogEntry[] entries)
    {
        var size = 0L;
        foreach (var entry in entries) size += OverheadBytes + (entry.Id.Length * 3) + entry.Head.Length + entry.Payload.Length;
        if (_units.Count > 0 && _units[^1].SizeBytes + size <= _maxUnitSizeBytes) _units[^1].Join(entries, size);
        else _units.Add(new Unit(_rejections.Count, entries, OverheadBytes + size));
    }

    private sealed class Unit(int firstWrite, LogEntry[] entries, long sizeBytes)
    {
        public int FirstWrite { get; } = firstWrite;

        public List<LogEntry> Entries { get; } = [.. entries];

        public long SizeBytes { get; private set; } = sizeBytes;

        public bool IsOneWrite { get; private set; } = true;

        /// <summary>A batch holds one id in practice.</summary>
        public void TellIds(Action<string> appended)
        {
            for (var i = 0; i < Entries.Count; i++)
                if (i == 0 || Entries[i].Id != Entries[i - 1].Id) appended(Entries[i].Id);
        }

        public void Join(LogEntry[] entries, long sizeBytes)
        {
            Entries.AddRange(entries);
            SizeBytes += sizeBytes;
            IsOneWrite = false;
        }
    }
}
