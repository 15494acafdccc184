namespace RetainActors.Checkpoints;

/// <summary>What to do with a request: answer it from the state, or store a record and then answer, or read the past first.</summary>
internal abstract record Decision
{
    /// <summary>Answer; nothing is stored.</summary>
    public sealed record Answer(ICheckpointReply Reply) : Decision;

    /// <summary>Store the record; once it is durable the state is <paramref name="Next"/> and the reply is due.</summary>
    public sealed record Accept(CheckpointRecord Record, CheckpointState Next, ICheckpointReply Reply) : Decision;

    /// <summary>Read these records, then decide again.</summary>
    public sealed record Read(PastQuery Query) : Decision;
}

/// <summary>Decides a request: <see cref="CheckpointDecider.Decide"/>, or in a test a broken variant that must be noticed.</summary>
internal delegate Decision DecisionRule(CheckpointState state, ICheckpointCommand command, DecisionInputs inputs);

/// <summary>What a decision takes from outside.</summary>
/// <param name="Revision">The revision that a record gets if one is stored.</param>
/// <param name="Now">The time that a record gets.</param>
/// <param name="MaxRecordSizeBytes">The largest record, header included.</param>
/// <param name="Retention">How long records are kept.</param>
/// <param name="Past">The records that an earlier decision wanted to see; null the first time.</param>
internal readonly record struct DecisionInputs(
    long Revision, DateTimeOffset Now, int MaxRecordSizeBytes, RetentionPolicy Retention, CheckpointPast? Past = null)
{
    public int MaxBaseSizeBytes => MaxRecordSizeBytes + BaseContent.OverheadBytes;
}
