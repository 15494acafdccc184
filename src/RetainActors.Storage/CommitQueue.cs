using System.Buffers.Binary;

namespace RetainActors.Storage;

/// <summary>What the commit thread has to do next.</summary>
internal enum CommitWork
{
    Batch,
    Idle,
    Closed,
}

/// <summary>
/// The one place callers and the commit thread meet. A single short lock guards the queue and the index; no file is touched
/// and no waiter completed while it is held.
/// </summary>
internal sealed class CommitQueue(FileLogSettings settings, KeyIndex index)
{
    private readonly object _gate = new();
    private readonly Queue<PendingWrite> _waiting = new();
    private long _queuedBytes;
    private bool _closed;
    private JournalPoisonedException? _failure;

    internal StorageException? Failure
    {
        get { lock (_gate) return _failure; }
    }

    internal string[] Ids
    {
        get { lock (_gate) return index.Ids; }
    }

    internal Task Append(PendingWrite write)
    {
        lock (_gate)
        {
            if (Refusal(forWriting: true) is { } refusal) return Task.FromException(refusal);
            if (Overflow(write.Size) is { } busy) return Task.FromException(busy);
            if (Reserve(write.Records) is { } duplicate) return Task.FromException(duplicate);
            return Enqueue(write);
        }
    }

    internal Task Delete(string id, long toSequenceNumber)
    {
        lock (_gate)
        {
            if (Refusal(forWriting: true) is { } refusal) return Task.FromException(refusal);
            if (index.Find(id) is not { } state) return Task.CompletedTask;

            var to = Math.Min(toSequenceNumber, state.Reserved);
            if (to <= state.DeletedTo) return Task.CompletedTask;

            // What is in flight comes before the deletion, and when it fails the deletion fails with it.
            var highest = new byte[sizeof(long)];
            BinaryPrimitives.WriteInt64LittleEndian(highest, state.Reserved);
            var record = new RecordDraft(RecordKind.Deletion, id, to, highest);
            return Overflow(record.Size) is { } busy
                ? Task.FromException(busy)
                : Enqueue(new PendingWrite([record], record.Size));
        }
    }

    internal async Task<long> GetHighest(string id)
    {
        Task? inFlight;
        lock (_gate) inFlight = index.Find(id)?.LastInFlight;

        // A failed write counts as well: only then is it sure that its number is free.
        if (inFlight is not null) await inFlight.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_gate)
        {
            ThrowIfUnusable();
            return index.Find(id)?.Highest ?? 0;
        }
    }

    internal RecordLocation[] Find(string id, long from, long to, long max)
    {
        lock (_gate)
        {
            ThrowIfUnusable();
            return index.Find(id)?.Find(from, to, max) ?? [];
        }
    }

    internal void ThrowIfUnusable()
    {
        lock (_gate)
        {
            if (Refusal(forWriting: false) is { } refusal) throw refusal;
        }
    }

    /// <summary>Waits for work. <paramref name="batch"/> receives as many units as fit under one sync, at least one.</summary>
    internal CommitWork Take(List<PendingWrite> batch, int idleMilliseconds)
    {
        lock (_gate)
        {
            while (_waiting.Count == 0)
            {
                if (_closed) return CommitWork.Closed;
                if (!Monitor.Wait(_gate, idleMilliseconds) && _waiting.Count == 0 && !_closed) return CommitWork.Idle;
            }

            var size = 0L;
            while (_waiting.TryPeek(out var next) && (batch.Count == 0 || size + next.Size <= settings.MaxBatchSizeBytes))
            {
                size += next.Size;
                batch.Add(_waiting.Dequeue());
            }

            return CommitWork.Batch;
        }
    }

    /// <summary>Makes a durable batch visible, then tells its waiters.</summary>
    internal void Complete(List<PendingWrite> batch)
    {
        lock (_gate)
        {
            foreach (var write in batch)
            {
                for (var i = 0; i < write.Records.Length; i++) index.Apply(write.Records[i], write.Locations[i]);
                Release(write);
            }
        }

        foreach (var write in batch) write.Succeed();
    }

    /// <summary>
    /// Fails a batch and everything queued behind it, so that no later record of an id lands after an earlier one failed.
    /// A poisoning stays for ever.
    /// </summary>
    internal void Fail(List<PendingWrite> batch, StorageException failure)
    {
        lock (_gate)
        {
            if (failure is JournalPoisonedException poison) _failure ??= poison;
            while (_waiting.TryDequeue(out var write)) batch.Add(write);
            foreach (var write in batch) Release(write);
        }

        foreach (var write in batch) write.Fail(failure);
    }

    /// <summary>Refuses new work; what was accepted is still taken. False when it was closed before.</summary>
    internal bool Close()
    {
        lock (_gate)
        {
            if (_closed) return false;
            _closed = true;
            Monitor.Pulse(_gate);
            return true;
        }
    }

    private StorageException? Refusal(bool forWriting)
    {
        if (_failure is not null) return _failure;
        if (_closed) return new LogClosedException(settings.Directory);
        return forWriting && settings.ReadOnly ? new LogReadOnlyException(settings.Directory) : null;
    }

    private BusyException? Overflow(long size) =>
        _queuedBytes + size > settings.MaxQueuedBytes ? new BusyException(_queuedBytes, settings.MaxQueuedBytes) : null;

    /// <summary>Takes the sequence numbers of a unit, all or none.</summary>
    private DuplicateSequenceNumberException? Reserve(RecordDraft[] records)
    {
        var before = new long[records.Length];
        for (var i = 0; i < records.Length; i++)
        {
            var state = index.GetOrAdd(records[i].Id);
            before[i] = state.Reserved;
            if (records[i].SequenceNumber > state.Reserved)
            {
                state.Reserved = records[i].SequenceNumber;
                continue;
            }

            for (var undo = i; undo >= 0; undo--)
            {
                index.GetOrAdd(records[undo].Id).Reserved = before[undo];
                index.RemoveIfUnused(records[undo].Id);
            }

            return new DuplicateSequenceNumberException(records[i].Id, records[i].SequenceNumber, before[i]);
        }

        return null;
    }

    private Task Enqueue(PendingWrite write)
    {
        foreach (var record in write.Records)
        {
            var state = index.GetOrAdd(record.Id);
            state.InFlight++;
            state.LastInFlight = write.Completion;
        }

        _queuedBytes += write.Size;
        _waiting.Enqueue(write);
        // Only the commit thread waits, and only for a queue that is empty.
        if (_waiting.Count == 1) Monitor.Pulse(_gate);
        return write.Completion;
    }

    private void Release(PendingWrite write)
    {
        _queuedBytes -= write.Size;
        foreach (var record in write.Records)
        {
            var state = index.GetOrAdd(record.Id);
            if (--state.InFlight > 0) continue;
            state.Reserved = state.Highest;
            state.LastInFlight = null;
            index.RemoveIfUnused(record.Id);
        }
    }
}
