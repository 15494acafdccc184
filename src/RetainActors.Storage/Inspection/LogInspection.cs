namespace RetainActors.Storage;

/// <summary>What an inspection read.</summary>
/// <param name="Directory">The folder of the log.</param>
/// <param name="Segments">The segments that count, in order; one whose header is damaged is left out.</param>
/// <param name="OtherFiles">Ends put aside by recoveries, unfinished and spare files, and segments that compaction has replaced.</param>
/// <param name="Ids">Ids with at least one record.</param>
/// <param name="Records">Whole records.</param>
/// <param name="HighestPosition">The highest position of a record; 0 without any.</param>
/// <param name="Findings">How much damage was found.</param>
/// <param name="Notes">What is no damage but worth knowing.</param>
/// <param name="IsClean">Whether the last owner closed the log in good order.</param>
/// <param name="OwnerProcessId">The running process that owns the log; null when there is none.</param>
public sealed record LogInspection(
    string Directory, IReadOnlyList<InspectedSegment> Segments, IReadOnlyList<InspectedFile> OtherFiles, int Ids, long Records,
    long HighestPosition, long Findings, IReadOnlyList<LogNote> Notes, bool IsClean, int? OwnerProcessId);
