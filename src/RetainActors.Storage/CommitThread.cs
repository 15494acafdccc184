namespace RetainActors.Storage;

/// <summary>The only thread that writes: takes what is queued, makes it durable under one sync, tells the waiters.</summary>
internal sealed class CommitThread
{
    private readonly CommitQueue _queue;
    private readonly SegmentWriter _writer;
    private readonly List<PendingWrite> _batch = [];
    private readonly Thread _thread;
    private readonly int _idleMilliseconds;
    private readonly Action _deleted;

    internal CommitThread(CommitQueue queue, SegmentWriter writer, int idleMilliseconds, Action deleted)
    {
        _deleted = deleted;
        _idleMilliseconds = idleMilliseconds;
        _queue = queue;
        _writer = writer;
        _thread = new Thread(Run) { IsBackground = true, Name = "retain-commit" };
        _thread.Start();
    }

    /// <summary>Waits until everything accepted before the queue was closed is written.</summary>
    internal void Join() => _thread.Join();

    private void Run()
    {
        var work = CommitWork.Idle;
        // After a poisoning nothing is written any more, not even a watermark.
        while (work != CommitWork.Closed && _queue.Failure is null)
        {
            _batch.Clear();
            work = _queue.Take(_batch, _writer.NeedsWatermark ? _idleMilliseconds : Timeout.Infinite);
            if (work != CommitWork.Closed) Commit(work);
        }

        if (_queue.Failure is { } poison) _queue.Fail([], poison);
    }

    private void Commit(CommitWork work)
    {
        try
        {
            if (work == CommitWork.Idle) _writer.WriteWatermark();
            else _writer.Append(_batch);
        }
        catch (StorageException failure)
        {
            _queue.Fail(_batch, failure);
            return;
        }
        catch (Exception failure)
        {
            // Whatever it was, no waiter may be left without an answer and nothing may follow it.
            _queue.Fail(_batch, new JournalPoisonedException($"The commit thread failed: {failure.Message}", failure));
            return;
        }

        _queue.Complete(_batch);
        if (_batch.Any(write => write.Records[0].Kind == RecordKind.Deletion)) _deleted();
    }
}
