namespace RetainActors.Storage;

/// <summary>One place of a log that is not as it must be.</summary>
/// <param name="Kind">What opening, or whoever reads the record, fails with.</param>
/// <param name="File">The full path of the file.</param>
/// <param name="Offset">Where in it.</param>
/// <param name="Expectation">What was expected there.</param>
/// <param name="Id">The id of the lost record, when the index of its segment still names it.</param>
/// <param name="SequenceNumber">Its sequence number.</param>
public sealed record LogFinding(
    StorageFailure Kind, string File, long Offset, string Expectation, string? Id = null, long? SequenceNumber = null);
