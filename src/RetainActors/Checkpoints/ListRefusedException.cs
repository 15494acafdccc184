namespace RetainActors.Checkpoints;

/// <summary>A list was not given, thrown to code that is no actor.</summary>
public sealed class ListRefusedException(ListRefuseReason reason, string detail) : Exception($"{reason}: {detail}")
{
    /// <summary>Why.</summary>
    public ListRefuseReason Reason { get; } = reason;
}
