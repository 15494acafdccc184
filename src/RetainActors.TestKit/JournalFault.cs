namespace RetainActors.Testing;

/// <summary>What <see cref="FaultyJournal"/> does with one write or replay instead of its work.</summary>
public abstract record JournalFault
{
    private JournalFault()
    {
    }

    /// <summary>Fails; nothing is stored. The writing actor cannot tell this from <see cref="LoseReply"/>.</summary>
    /// <param name="Cause">What the writer or reader is told; null for an <see cref="IOException"/>.</param>
    public sealed record Fail(Exception? Cause = null) : JournalFault;

    /// <summary>Rejects a write: nothing is stored and the writer is told so. Not for replays.</summary>
    public sealed record Reject : JournalFault;

    /// <summary>Stores a write, and fails. Not for replays.</summary>
    public sealed record LoseReply : JournalFault;

    /// <summary>Acknowledges a write and stores nothing, as a disk that lies. No checkpoint survives it. Not for replays.</summary>
    public sealed record Forget : JournalFault;

    /// <summary>Waits until it is released, and then works, or fails.</summary>
    public sealed record Hold : JournalFault
    {
        // Continues where it is released: who releases in a test decides what comes before what.
        private readonly TaskCompletionSource _released = new();

        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Completes when an operation has begun to wait here.</summary>
        public Task Reached => _reached.Task;

        /// <summary>Lets it work, on the calling thread. Can be repeated.</summary>
        public void Release() => _released.TrySetResult();

        internal Task WaitAsync()
        {
            _reached.TrySetResult();
            return _released.Task;
        }

        /// <summary>Lets it fail.</summary>
        public void FailWith(Exception cause) => _released.TrySetException(cause);
    }
}
