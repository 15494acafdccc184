namespace RetainActors.Cluster.Postgres;

/// <summary>Why a database cannot keep two writers of one key apart, or cannot keep what it acknowledged.</summary>
public enum JournalFenceProblem
{
    /// <summary>The journal is no Akka.Persistence.Sql journal on PostgreSQL.</summary>
    UnsuitableJournal,

    /// <summary>The database does not answer, or refuses the user.</summary>
    Unreachable,

    /// <summary>A table or a column of the journal is missing or of another kind.</summary>
    UnexpectedSchema,

    /// <summary>No unique key over persistence id and sequence number: two writers could both be told that they saved one revision.</summary>
    NoUniqueKey,

    /// <summary><c>fsync</c>, <c>full_page_writes</c> or <c>synchronous_commit</c> is off: an acknowledged save could be gone after a crash.</summary>
    NotDurable,

    /// <summary><c>idle_in_transaction_session_timeout</c> is off: a paused or cut-off node would hold the keys of its last write for as long as it is silent.</summary>
    UnboundedTransactions,
}

/// <summary>The node does not start, because its database would not keep what a save promises. The message says what to do.</summary>
public sealed class JournalFenceException : Exception
{
    internal JournalFenceException(JournalFenceProblem problem, string message, Exception? innerException = null)
        : base(message, innerException) => Problem = problem;

    /// <summary>What is wrong.</summary>
    public JournalFenceProblem Problem { get; }
}
