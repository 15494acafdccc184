namespace RetainActors.Cli.MarkdownPipeline;

/// <summary>Why a bank's files cannot be used.</summary>
internal enum BankFailure
{
    /// <summary>A file cannot be read or written.</summary>
    BankUnavailable,

    /// <summary>No space or quota is left.</summary>
    BankFull,

    /// <summary>A file is not what was written.</summary>
    BankDamaged,

    /// <summary>A file was written by a newer version.</summary>
    BankTooNew,
}

/// <summary>The files of a bank cannot be used; the message says which, why, and what to do.</summary>
internal sealed class BankException(BankFailure reason, string message, Exception? cause = null) : Exception(message, cause)
{
    public BankFailure Reason { get; } = reason;

    public static BankException Damaged(string path, string problem) => new(
        BankFailure.BankDamaged,
        $"{path} is damaged: {problem}. Nothing was changed. Restore the file from a backup, or delete it: its source is then retained again.");

    public static BankException TooNew(string path, int schemaVersion) => new(
        BankFailure.BankTooNew, $"{path} has schema version {schemaVersion}, which this version does not know. Nothing was changed. Use a newer version.");
}
