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
internal sealed class CommitQueue(FileLogSettings settings, KeyIndex index, long lastPosition)
{
    private const int IdsPerPiece = 4096;

    private readonly object _gate = new();
    private readonly Queue<PendingWrite> _waiting = new();
    private readonly Dictionary<string, InFlight> _inFlight = new(StringComparer.Ordinal);
    private long _lastPosition = lastPosition;
    private long _queuedBytes;
    private bool _closed;
    private JournalPoisonedException? _failure;

    internal StorageException? Failure
    {
        get { lock (_gate) return _failure; }
    }

    /// <summary>The position of the last durable record; 0 when there is none.</summary>
    internal long LastPosition
    {
        get
        {
            lock (_gate)
            {
                ThrowIfUnusable();
                return _lastPosition;
            }
        }
    }

    /// <summary>The ids there are now; the lock is held for a short piece of them at a time.</summary>
    internal string[] Ids
    {
        get
        {
            int count;
            lock (_gate) count = index.Count;
            var ids = new string[count];
            for (var start = 0; start < count; start += IdsPerPiece)
            {
                lock (_gate)
                {
                    for (var i = start; i < Math.Min(count, start + IdsPerPiece); i++) ids[i] = index.IdAt(i);
                }
            }

            return ids;
        }
    }

    /// <summary>Accepts a write, which is told how it ended by the commit thread; otherwise says why not.</summary>
    internal StorageException? Append(PendingWrite write)
    {
        lock (_gate)
        {
            var refusal = (Refusal(forWriting: true) ?? Overflow(write.Size)) ?? Reserve(write.Records);
            if (refusal is null) Enqueue(write);
            return refusal;
        }
    }

    /// <param name="id">The id.</param>
    /// <param name="toSequenceNumber">Up to which number.</param>
    /// <param name="knownHighest">The highest number that a copied deletion knows of; 0 when only this log counts.</param>
    internal Task Delete(string id, long toSequenceNumber, long knownHighest = 0)
    {
        lock (_gate)
        {
            if (Refusal(forWriting: true) is { } refusal) return Task.FromException(refusal);
            var reserved = Math.Max(ReservedOf(id), knownHighest);
            var to = Math.Min(toSequenceNumber, reserved);
            if (to <= index.DeletedToOf(id)) return Task.CompletedTask;

            // What is in flight comes before the deletion, and when it fails the deletion fails with it.
            var highest = new byte[sizeof(long)];
            BinaryPrimitives.WriteInt64LittleEndian(highest, reserved);
            var record = new RecordDraft(RecordKind.Deletion, id, to, highest);
            if (Overflow(record.Size) is { } busy) return Task.FromException(busy);
            if (!_inFlight.TryGetValue(id, out var state)) _inFlight.Add(id, state = new InFlight { Reserved = reserved });
            state.Writes++;
            var deletion = new WriteTask();
            Enqueue(new PendingWrite([record], record.Size, deletion.Tell));
            return deletion.Task;
        }
    }

    internal async Task<long> GetHighest(string id)
    {
        Task? inFlight;
        lock (_gate) inFlight = _inFlight.GetValueOrDefault(id)?.Last?.Over;

        // A failed write counts as well: only then is it sure that its number is free.
        if (inFlight is not null) await inFlight.ConfigureAwait(false);
        lock (_gate)
        {
            ThrowIfUnusable();
            return index.HighestOf(id);
        }
    }

    internal RecordLocation[] Find(string id, long from, long to, long max)
    {
        lock (_gate)
        {
            ThrowIfUnusable();
            return index.FindRecords(id, from, to, max);
        }
    }

    /// <summary>Whether the id has a durable, undeleted event of the number.</summary>
    internal bool HasEvent(ReadOnlySpan<byte> id, long sequenceNumber)
    {
        lock (_gate) return index.HasEvent(id, sequenceNumber);
    }

    /// <summary>Looks at or changes the index; keep it short, since every append waits.</summary>
    internal void UnderLock(Action<KeyIndex> action)
    {
        lock (_gate) action(index);
    }

    /// <summary>Poisons the log for ever; the first failure stays. What waits is told by the commit thread at its next step.</summary>
    internal StorageException Poison(JournalPoisonedException poison)
    {
        lock (_gate)
        {
            _failure ??= poison;
            Monitor.Pulse(_gate);
            return _failure;
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
            while (_failure is not null || _waiting.Count == 0)
            {
                if (_closed || _failure is not null) return CommitWork.Closed;
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

    /// <summary>Makes a durable batch visible, then tells its waiters; after a poisoning nothing succeeds any more.</summary>
    internal void Complete(List<PendingWrite> batch)
    {
        if (Failure is { } poison)
        {
            Fail(batch, poison);
            return;
        }

        lock (_gate)
        {
            foreach (var write in batch)
            {
                for (var i = 0; i < write.Records.Length; i++) index.Apply(write.Records[i], write.Locations[i]);
                _lastPosition += write.Records.Length;
                Release(write);
            }
        }

        Tell(batch, failure: null);
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

        Tell(batch, failure);
    }

    private void Tell(List<PendingWrite> batch, StorageException? failure)
    {
        foreach (var write in batch)
        {
            try
            {
                write.Tell(failure);
            }
            catch (Exception thrown)
            {
                // The others are told all the same, and the log says what happened instead of ending the process.
                Poison(new JournalPoisonedException($"The completion of an append threw: {thrown.Message}", thrown));
            }
        }
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

    /// <summary>The highest number of an id including appends in flight.</summary>
    private long ReservedOf(string id) => _inFlight.GetValueOrDefault(id)?.Reserved ?? index.HighestOf(id);

    /// <summary>Takes the sequence numbers of a unit, all or none.</summary>
    private DuplicateSequenceNumberException? Reserve(RecordDraft[] records)
    {
        for (var i = 0; i < records.Length; i++)
        {
            var (id, number) = (records[i].Id, records[i].SequenceNumber);
            if (!_inFlight.TryGetValue(id, out var state))
                _inFlight.Add(id, state = new InFlight { Reserved = index.HighestOf(id) });
            state.Writes++;
            if (number > state.Reserved)
            {
                (state.Reserved, records[i].ReservedBefore) = (number, state.Reserved);
                continue;
            }

            var highest = state.Reserved;
            Forget(id);
            while (--i >= 0)
            {
                _inFlight[records[i].Id].Reserved = records[i].ReservedBefore;
                Forget(records[i].Id);
            }

            return new DuplicateSequenceNumberException(id, number, highest);
        }

        return null;
    }

    private void Enqueue(PendingWrite write)
    {
        foreach (var record in write.Records) _inFlight[record.Id].Last = write;
        _queuedBytes += write.Size;
        _waiting.Enqueue(write);
        // Only the commit thread waits, and only for a queue that is empty.
        if (_waiting.Count == 1) Monitor.Pulse(_gate);
    }

    private void Release(PendingWrite write)
    {
        _queuedBytes -= write.Size;
        foreach (var record in write.Records) Forget(record.Id);
    }

    /// <summary>One write of the id is over; after the last one only what is durable counts.</summary>
    private void Forget(string id)
    {
        if (--_inFlight[id].Writes == 0) _inFlight.Remove(id);
    }

    /// <summary>The writes of an id that are not durable yet.</summary>
    private sealed class InFlight
    {
        internal int Writes { get; set; }

        /// <summary>The highest number, those in flight included.</summary>
        internal long Reserved { get; set; }

        /// <summary>The last write; earlier ones complete before it.</summary>
        internal PendingWrite? Last { get; set; }
    }
}
